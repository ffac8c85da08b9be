package dev.slm.profile;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.base.SafeText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code profiles/} says: the files that come with the program, and the user's own, which
 * replace shipped ones of the same name as a whole. The user's files are checked at once, all
 * mistakes of all files together; shipped ones, which tests check, are read when they are needed.
 */
public final class Profiles {
  private static final String CATALOG = "catalog";
  private static final String FAMILIES = "families";
  private static final String RECIPES = "recipes";
  private static final String ENVIRONMENTS = "environments";
  private static final List<String> KINDS = List.of(CATALOG, FAMILIES, RECIPES, ENVIRONMENTS);

  private final Optional<Path> userFolder;
  private final Kind<CatalogEntry> catalog;
  private final Kind<Family> families;
  private final Kind<Recipe> recipes;
  private final Kind<Environment> environments;

  private Profiles(Optional<Path> userFolder) {
    this.userFolder = userFolder;
    catalog = new Kind<>(CATALOG, "alias", CatalogEntry::read, userFolder);
    families = new Kind<>(FAMILIES, "name", FamilyReader::read, userFolder);
    recipes = new Kind<>(RECIPES, "name", Recipe::read, userFolder);
    environments = new Kind<>(ENVIRONMENTS, "name", Environment::read, userFolder);
  }

  /** Only what comes with the program. */
  public static Profiles shipped() {
    return new Profiles(Optional.empty());
  }

  /** With the user's folder, which need not exist. */
  public static Profiles load(Path userFolder) {
    Profiles profiles = new Profiles(Optional.of(userFolder));
    List<String> mistakes = new ArrayList<>(ProfileFiles.strays(userFolder, KINDS));
    profiles.families.checkUsers(mistakes);
    List<CatalogEntry> models = profiles.catalog.checkUsers(mistakes);
    profiles.recipes.checkUsers(mistakes);
    profiles.environments.checkUsers(mistakes);
    for (CatalogEntry model : models) {
      profiles.checkNames(model, mistakes);
    }
    refuse(mistakes);
    return profiles;
  }

  /** What a user's model names must be there. */
  private void checkNames(CatalogEntry model, List<String> mistakes) {
    checkName("family", model.family(), names(FAMILIES), model, mistakes);
    checkName("recipe", model.recipe(), names(RECIPES), model, mistakes);
  }

  private static void checkName(
      String field, String name, List<String> known, CatalogEntry model, List<String> mistakes) {
    if (!known.contains(name)) {
      mistakes.add(
          "catalog/%s.json: %s: found '%s' (expected one of %s)"
              .formatted(model.alias(), field, SafeText.line(name), String.join(", ", known)));
    }
  }

  private List<String> names(String kind) {
    return ProfileFiles.merged(ProfileFiles.shipped(kind), users(kind)).stream()
        .map(ProfileFiles.ProfileFile::name)
        .toList();
  }

  /** How many files a user's folder has; what is in them is not read. */
  public static int userFiles(Path folder) {
    return new Profiles(Optional.of(folder)).userFiles();
  }

  private int userFiles() {
    return Stream.of("catalog", FAMILIES, "recipes", "environments")
        .mapToInt(kind -> users(kind).size())
        .sum();
  }

  private List<ProfileFiles.ProfileFile> users(String kind) {
    return userFolder.map(path -> ProfileFiles.users(path, kind)).orElse(List.of());
  }

  /** All models that can be had by name, by alias. */
  public List<CatalogEntry> catalog() {
    return catalog.all();
  }

  /** The model of an alias or hub repository, in any case. */
  public Optional<CatalogEntry> find(String aliasOrRepository) {
    String typed = aliasOrRepository.strip();
    return catalog().stream()
        .filter(
            entry ->
                entry.alias().equalsIgnoreCase(typed) || entry.repository().equalsIgnoreCase(typed))
        .findFirst();
  }

  /** The model of an alias, or the problem with the nearest ones. */
  public CatalogEntry model(String alias) {
    return find(alias)
        .orElseThrow(
            () ->
                Nearest.unknown(
                    "model in the catalog",
                    alias,
                    catalog().stream().map(CatalogEntry::alias).toList(),
                    "model list"));
  }

  public List<Recipe> recipes() {
    return recipes.all();
  }

  public Recipe recipe(String name) {
    return named(recipes.all(), Recipe::name, "recipe", name);
  }

  /** The architectures that checkpoints can be of. */
  public List<Family> families() {
    return families.all();
  }

  public List<Environment> environments() {
    return environments.all();
  }

  public Environment environment(String name) {
    return named(environments.all(), Environment::name, "environment", name);
  }

  private static <T> T named(List<T> all, Function<T, String> nameOf, String kind, String name) {
    List<String> names = all.stream().map(nameOf).toList();
    return all.stream()
        .filter(value -> nameOf.apply(value).equalsIgnoreCase(name.strip()))
        .findFirst()
        .orElseThrow(
            () -> Nearest.unknown(kind, name, names, "one of these: " + String.join(", ", names)));
  }

  private static void refuse(List<String> mistakes) {
    if (!mistakes.isEmpty()) {
      String count = mistakes.size() == 1 ? "one mistake" : mistakes.size() + " mistakes";
      throw Problem.badFile(count + " in profiles:\n  " + String.join("\n  ", mistakes))
          .next("correct or remove the file; its fields are described in profiles/README.md");
    }
  }

  /** The files of one folder of {@code profiles/}, read when first asked for. */
  private static final class Kind<T> {
    private final String folder;
    private final String nameField;
    private final Function<Fields, T> reader;
    private final Optional<Path> userFolder;
    private @Nullable List<T> values;

    Kind(String folder, String nameField, Function<Fields, T> reader, Optional<Path> userFolder) {
      this.folder = folder;
      this.nameField = nameField;
      this.reader = reader;
      this.userFolder = userFolder;
    }

    List<T> checkUsers(List<String> mistakes) {
      return ProfileFiles.read(users(), nameField, reader, mistakes);
    }

    synchronized List<T> all() {
      List<T> known = values;
      if (known == null) {
        List<String> mistakes = new ArrayList<>();
        known =
            ProfileFiles.read(
                ProfileFiles.merged(ProfileFiles.shipped(folder), users()),
                nameField,
                reader,
                mistakes);
        refuse(mistakes);
        values = known;
      }
      return known;
    }

    private List<ProfileFiles.ProfileFile> users() {
      return userFolder.map(path -> ProfileFiles.users(path, folder)).orElse(List.of());
    }
  }
}
