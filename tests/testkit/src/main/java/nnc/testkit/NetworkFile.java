package nnc.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The program that a test's parameters of type {@link Network} stand for: on the parameter, its method or its class, the nearest counts.
 */
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NetworkExtension.class)
public @interface NetworkFile {
  /** The file, relative to the folder that tests run in. */
  String value();

  /** Constants of the program, {@code "hidden=16"}. */
  String[] define() default {};

  /** Examples in a batch. */
  int batch() default 4;
}
