package nnc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which definitions of the prelude a property test checks, so that one without a test is found. On a test class or a test
 * method it lists names: {@code @Covers({"adam", "sgd"})}. On a static method that provides a table of cases it needs no list: a
 * case covers every definition that its text ({@code toString}) calls, as {@code huber(h, 0.1)} does {@code huber}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Covers {
  /** The definitions checked; empty on a table of cases, where the cases tell. */
  String[] value() default {};
}
