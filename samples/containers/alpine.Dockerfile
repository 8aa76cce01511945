# A compiled network on Alpine Linux: docker build -f alpine.Dockerfile --build-arg JAR=iris.jar -t iris .
FROM eclipse-temurin:25-jdk-alpine AS java
RUN jlink --ignore-modified-runtime --add-modules java.base,jdk.incubator.vector,jdk.management --strip-java-debug-attributes --no-header-files --no-man-pages --compress=zip-6 --output /java

FROM alpine:3.22
RUN adduser -D -u 10001 network
COPY --from=java /java /java
ARG JAR
COPY ${JAR} /network.jar
USER 10001
WORKDIR /data
ENTRYPOINT ["/java/bin/java", "--add-modules", "jdk.incubator.vector", "-jar", "/network.jar"]
CMD ["info"]
