# A compiled network in an image without a shell: docker build -f distroless.Dockerfile --build-arg JAR=iris.jar -t iris .
FROM eclipse-temurin:25-jdk AS java
RUN jlink --ignore-modified-runtime --add-modules java.base,jdk.incubator.vector,jdk.management --strip-java-debug-attributes --no-header-files --no-man-pages --compress=zip-6 --output /java

FROM gcr.io/distroless/java-base-debian12:nonroot
COPY --from=java /java /java
ARG JAR
COPY ${JAR} /network.jar
USER 65532
WORKDIR /data
ENTRYPOINT ["/java/bin/java", "--add-modules", "jdk.incubator.vector", "-jar", "/network.jar"]
CMD ["info"]
