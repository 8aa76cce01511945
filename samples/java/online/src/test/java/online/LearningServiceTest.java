package online;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningServiceTest {
  @TempDir
  Path folder;

  @Test
  void itFollowsWhatHappens() {
    LearningService service = new LearningService(Clicks.network().initialised(1));
    Random random = new Random(1);
    double first = LearningService.day(service, random, false);
    double later = 0;
    for (int day = 2; day <= 8; day++) {
      later = LearningService.day(service, random, false);
    }
    assertTrue(later > 0.93 && later > first, first + " to " + later);
    double shocked = LearningService.day(service, random, true);
    for (int day = 10; day <= 18; day++) {
      later = LearningService.day(service, random, true);
    }
    assertTrue(later > 0.9 && later > shocked, shocked + " to " + later);
  }

  @Test
  void whatWasLearnedIsKept() throws Exception {
    LearningService service = new LearningService(Clicks.network().initialised(1));
    LearningService.day(service, new Random(2), false);
    Path weights = folder.resolve("clicks.npz");
    service.learned().save(weights);
    assertTrue(Files.size(weights) > 0);
    LearningService next = new LearningService(Clicks.network().withWeights(weights));
    assertTrue(LearningService.day(next, new Random(3), false) > 0.5);
  }
}
