package dev.slm;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the code to the package table of the README. */
class ArchitectureTest {
  private static final String ROOT = "dev.slm";

  /** Libraries with the packages that may touch them; every other library is free. */
  private static final Map<String, Set<String>> REACH =
      Map.of(
          "org.springframework.", Set.of("", "shell", "serve"),
          "org.jline.", Set.of("", "shell"),
          "ai.onnxruntime.", Set.of("engine"),
          "ai.djl.", Set.of("text"),
          "com.sun.net.httpserver.", Set.of(),
          "java.net.http.", Set.of("acquire", "measure", "shell"),
          "io.micrometer.", Set.of("serve"));

  /** Siblings of a tier never see each other. */
  private static final List<Set<String>> TIERS =
      List.of(
          Set.of("profile", "format", "text"),
          Set.of("acquire", "convert", "quantize", "cache", "engine"),
          Set.of("prepare", "session"),
          Set.of("measure", "serve", "deploy"));

  private static final int LONGEST_FILE = 600;
  private static final int MOST_BASE_TYPES = 12;

  private static JavaClasses classes;
  private static Map<String, Set<String>> table;

  @BeforeAll
  static void read() throws IOException {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
    table = packageTable();
  }

  @Test
  void everyDependencyBetweenPackagesStandsInTheTable() {
    Set<String> breaches = new TreeSet<>();
    for (JavaClass type : classes) {
      String from = packageOf(type);
      for (Dependency use : type.getDirectDependenciesFromSelf()) {
        String to = packageOf(use.getTargetClass());
        boolean ours = use.getTargetClass().getPackageName().startsWith(ROOT);
        if (ours && !from.isEmpty() && !from.equals(to) && !allowed(from).contains(to)) {
          breaches.add(from + " -> " + to + ": " + use.getDescription());
        }
      }
    }

    assertThat(breaches).isEmpty();
  }

  @Test
  void everyPackageHasARowAndUsesOnlyRowsAboveIt() {
    List<String> rows = new ArrayList<>(table.keySet());

    assertThat(rows)
        .containsAll(
            classes.stream()
                .map(ArchitectureTest::packageOf)
                .filter(name -> !name.isEmpty())
                .collect(toSet()));
    table.forEach(
        (name, uses) -> assertThat(rows.subList(0, rows.indexOf(name))).as(name).containsAll(uses));
  }

  @Test
  void siblingsOfATierNeverSeeEachOther() {
    for (Set<String> tier : TIERS) {
      for (String name : tier) {
        assertThat(table.get(name)).as(name).doesNotContainAnyElementsOf(tier);
      }
    }
  }

  @Test
  void librariesAreTouchedOnlyWhereTheyBelong() {
    Set<String> breaches = new TreeSet<>();
    for (JavaClass type : classes) {
      for (Dependency use : type.getDirectDependenciesFromSelf()) {
        REACH.forEach(
            (library, packages) -> {
              if (use.getTargetClass().getName().startsWith(library)
                  && !packages.contains(packageOf(type))) {
                breaches.add(use.getDescription());
              }
            });
      }
    }

    assertThat(breaches).isEmpty();
  }

  @Test
  void standardStreamsAndExitStayOnTop() throws IOException {
    assertThat(linesOutsideTheTop("System\\.(out|err|in|exit)\\b|printStackTrace\\(")).isEmpty();
  }

  @Test
  void noBareExceptionsAreThrown() throws IOException {
    assertThat(linesOutsideTheTop("throw new (RuntimeException|Exception|Error)\\(")).isEmpty();
  }

  @Test
  void filesStayShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : sources()) {
      long lines = Files.readAllLines(file).size();
      if (lines > LONGEST_FILE) {
        tooLong.add(file + ": " + lines);
      }
    }

    assertThat(tooLong).isEmpty();
  }

  @Test
  void baseStaysSmall() {
    assertThat(classes)
        .filteredOn(type -> type.getPackageName().equals("dev.slm.base"))
        .filteredOn(type -> type.isTopLevelClass() && type.getModifiers().contains(PUBLIC))
        .hasSizeLessThanOrEqualTo(MOST_BASE_TYPES);
  }

  /** Their lazy streams throw unchecked exceptions when a file vanishes meanwhile. */
  @Test
  void onlyFileTreeLooksIntoFolders() throws IOException {
    List<Path> breaches = new ArrayList<>();
    for (Path file : sources()) {
      if (file.startsWith("src/main") && !file.endsWith("FileTree.java")) {
        String text = Files.readString(file);
        if (text.matches("(?s).*Files\\.(walk|list|find|newDirectoryStream)\\(.*")) {
          breaches.add(file);
        }
      }
    }

    assertThat(breaches).isEmpty();
  }

  private static List<String> linesOutsideTheTop(String pattern) throws IOException {
    List<String> found = new ArrayList<>();
    Path main = Path.of("src/main/java/dev/slm");
    for (Path file : sources()) {
      boolean below =
          file.startsWith(main)
              && file.getNameCount() > main.getNameCount() + 1
              && !file.startsWith(main.resolve("shell"));
      if (below) {
        Files.readAllLines(file).stream()
            .filter(line -> line.matches(".*(" + pattern + ").*"))
            .forEach(line -> found.add(file + ": " + line.strip()));
      }
    }
    return found;
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static Set<String> allowed(String name) {
    return table.getOrDefault(name, Set.of());
  }

  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    if (!name.startsWith(ROOT + ".")) {
      return "";
    }
    String rest = name.substring(ROOT.length() + 1);
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }

  private static Map<String, Set<String>> packageTable() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String section = readme.substring(readme.indexOf("### Packages"));
    Map<String, Set<String>> rows = new LinkedHashMap<>();
    section
        .lines()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| package"))
        .map(line -> line.split("\\|", -1))
        .forEach(
            cells ->
                rows.put(
                    cells[1].strip(),
                    Arrays.stream(cells[3].split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .collect(toSet())));
    return rows;
  }
}
