package service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceTest {
  private static final String SETOSA = "{\"sepal_length\": 5.1, \"sepal_width\": 3.5, \"petal_length\": 1.4, \"petal_width\": 0.2}";

  @TempDir
  Path folder;

  private static HttpResponse<String> post(Service service, String body) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + service.port() + "/predict")).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void requestsAreAnswered() throws Exception {
    try (Service service = Service.start(Iris.load(), 0)) {
      HttpResponse<String> answer = post(service, SETOSA);
      assertEquals(200, answer.statusCode());
      assertTrue(answer.body().startsWith("{\"kind\":\"Iris-setosa\",\"chance\":{\"Iris-setosa\":0.9"), answer.body());
      assertEquals(400, post(service, "{\"sepal_length\": 5.1}").statusCode());
      assertEquals(400, post(service, "[").statusCode());
      assertEquals(400, post(service, "{\"sepal_length\": 1e400, \"sepal_width\": 3.5, \"petal_length\": \"a\", \"petal_width\": 0.2}").statusCode());
    }
  }

  @Test
  void newWeightsAreTakenMeanwhile() throws Exception {
    Path weights = folder.resolve("iris.npz");
    Iris.load().model().save(weights);
    Iris iris = Iris.load(weights);
    WeightWatch watch = new WeightWatch(weights, iris);
    try (Service service = Service.start(iris, 0)) {
      String before = post(service, SETOSA).body();
      assertFalse(watch.look());
      Iris.network().initialised(7).save(weights);
      Files.setLastModifiedTime(weights, FileTime.fromMillis(1));
      assertTrue(watch.look());
      String after = post(service, SETOSA).body();
      assertNotEquals(before, after);
      Files.writeString(weights, "damaged");
      assertFalse(watch.look());
      assertEquals(after, post(service, SETOSA).body());
    }
  }
}
