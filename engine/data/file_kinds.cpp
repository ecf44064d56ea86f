#include <algorithm>
#include <optional>

#include "engine/core/error.h"
#include "engine/data/csv_reader.h"
#include "engine/data/dataset_kinds.h"
#include "engine/data/hdf5_table.h"
#include "engine/data/image_sets.h"
#include "engine/data/known_sets.h"
#include "engine/data/libsvm_reader.h"
#include "engine/data/text_table.h"

namespace zipml {
namespace {

ParameterInfo sha256_parameter() {
  return {.key = "sha256",
          .type = ParameterType::text,
          .doc = "sha256 of the files read, joined by '+'; filled in, or given to insist on it",
          .optional = true};
}

RowTable read_text(FileFormat format, const std::filesystem::path& path, const ReadLimits& limits,
                   LabelClasses& classes) {
  if (format == FileFormat::libsvm) return read_libsvm(path, limits, classes);
  return read_csv(path, {.separator = {}, .header = {}, .label = "first"}, limits, classes);
}

/// Reads the first rows of a file of which the whole length is known. All rows are asked for where all are
/// wanted, so that a file that is too long is noticed.
RowTable read_known_rows(const KnownSet& set, FileFormat format, const std::filesystem::path& path,
                         std::size_t wanted, std::size_t all, LabelClasses& classes) {
  RowTable table =
      read_text(format, path, {.rows = wanted == all ? 0 : wanted, .features = set.features}, classes);
  if (table.rows() < wanted || (wanted == all && table.rows() > all)) {
    throw InputError(path.string() + ": " + std::to_string(table.rows()) + " rows found, " + set.title +
                     " has " + std::to_string(all));
  }
  return table;
}

Dataset load_known(const std::string& kind, const Parameters& parameters, const DataContext& context) {
  const KnownSet& set = *find_known_set(kind);
  const auto found = find_known_set_files(set, context.data_dir);
  if (!found) throw InputError("data set '" + kind + "': its files are not in the data dir");
  const std::size_t train = rows_wanted(parameters, "train_rows", set.train_rows);
  const std::size_t test = rows_wanted(parameters, "test_rows", set.test_rows);

  Dataset data;
  data.name = set.kind;
  data.title = set.title;
  data.task = set.task;
  LabelClasses classes(set.task);
  if (found->paths.size() == 2) {
    data.train = read_known_rows(set, found->format, found->paths[0], train, set.train_rows, classes)
                     .split(0, train, set.features);
    data.test = read_known_rows(set, found->format, found->paths[1], test, set.test_rows, classes)
                    .split(0, test, set.features);
  } else {
    // The test rows begin where all training rows end, however many of these are wanted.
    const RowTable table = read_known_rows(set, found->format, found->paths[0], set.train_rows + test,
                                           set.train_rows + set.test_rows, classes);
    data.train = table.split(0, train, set.features);
    data.test = table.split(set.train_rows, test, set.features);
  }
  classes.apply(data.train.labels, found->paths[0].string());
  classes.apply(data.test.labels, found->paths[0].string());
  return data;
}

/// How a user's file is cut. `file_rows` is what `path` holds; with a test file of its own nothing is cut
/// off.
struct UserSplit {
  std::size_t train = 0, test = 0, test_first = 0;
};

UserSplit cut_user_rows(const Parameters& parameters, std::size_t file_rows, std::size_t test_file_rows,
                        bool has_test_file, const std::filesystem::path& path) {
  const auto wanted_train = static_cast<std::size_t>(parameters.integer("train_rows"));
  const auto wanted_test = static_cast<std::size_t>(parameters.integer("test_rows"));
  UserSplit split;
  if (has_test_file) {
    split.train = wanted_train != 0 ? wanted_train : file_rows;
    split.test = wanted_test != 0 ? wanted_test : test_file_rows;
    if (split.test > test_file_rows) {
      throw InputError(path.string() + ": test_rows is " + std::to_string(split.test) +
                       ", but the test file has " + std::to_string(test_file_rows) + " rows");
    }
  } else {
    split.test = wanted_test;
    split.train = wanted_train != 0 ? wanted_train : file_rows - std::min(file_rows, wanted_test);
    split.test_first = split.train;
  }
  const std::size_t needed = split.train + (has_test_file ? 0 : split.test);
  if (needed > file_rows) {
    throw InputError(path.string() + ": " + std::to_string(needed) +
                     " rows are asked for (train_rows, test_rows), " + std::to_string(file_rows) + " found");
  }
  if (split.train == 0) throw InputError(path.string() + ": no rows to train on");
  return split;
}

Task task_of(const Parameters& parameters) {
  return parameters.text("task") == "classification" ? Task::classification : Task::regression;
}

Dataset describe_user_set(const Parameters& parameters, const std::filesystem::path& path) {
  Dataset data;
  data.name = data.title = path.filename().string();
  data.task = task_of(parameters);
  return data;
}

Dataset load_user_text(const Parameters& parameters, const DataContext& context, const OpenTable& open,
                       bool keep) {
  const auto paths = find_user_files(parameters, context);
  Dataset data = describe_user_set(parameters, paths[0]);
  LabelClasses classes(data.task);
  const ReadLimits limits{.rows = 0,
                          .features = static_cast<std::size_t>(parameters.integer("features")),
                          .memory = context.memory};
  const TextTable first(open, paths[0], limits, classes, keep);
  std::optional<TextTable> second;
  if (paths.size() > 1) second.emplace(open, paths[1], limits, classes, keep);
  const std::size_t features =
      limits.features != 0 ? limits.features : std::max(first.width(), second ? second->width() : 0);
  if (features == 0) throw InputError(paths[0].string() + ": holds no features");
  const UserSplit cut =
      cut_user_rows(parameters, first.rows(), second ? second->rows() : 0, second.has_value(), paths[0]);
  data.train = first.training(cut.train, features);
  data.test = (second ? *second : first).split(cut.test_first, cut.test, features);
  classes.apply(data.train.labels, paths[0].string());
  classes.apply(data.test.labels, paths[0].string());
  return data;
}

Dataset load_libsvm(const Parameters& parameters, const DataContext& context) {
  return load_user_text(parameters, context, open_libsvm, !keeps_packed_only({"libsvm", parameters}));
}

CsvFormat csv_format(const Parameters& parameters) {
  CsvFormat format;
  const std::string& separator = parameters.text("separator");
  if (separator != "auto") format.separator = separator == "comma" ? ',' : separator == "tab" ? '\t' : ';';
  const std::string& header = parameters.text("header");
  if (header != "auto") format.header = header == "yes";
  format.label = parameters.text("label");
  return format;
}

Dataset load_csv(const Parameters& parameters, const DataContext& context) {
  const auto open = [format = csv_format(parameters)](const std::filesystem::path& path,
                                                      const ReadLimits& limits, LabelClasses& classes) {
    return open_csv(path, format, limits, classes);
  };
  return load_user_text(parameters, context, open, !keeps_packed_only({"csv", parameters}));
}

Dataset load_hdf5(const Parameters& parameters, const DataContext& context) {
  const auto paths = find_user_files(parameters, context);
  Dataset data = describe_user_set(parameters, paths[0]);
  const Hdf5Table first(paths[0], parameters.text("features_at"), parameters.text("labels_at"));
  const bool has_test = paths.size() > 1 || parameters.has("test_features_at");
  const auto name = [&](const char* test_key, const char* key) {
    return parameters.text(parameters.has(test_key) ? test_key : key);
  };
  std::optional<Hdf5Table> second;
  if (has_test) {
    second.emplace(paths.back(), name("test_features_at", "features_at"),
                   name("test_labels_at", "labels_at"));
  }
  const auto expected = static_cast<std::size_t>(parameters.integer("features"));
  for (const Hdf5Table* table : {&first, second ? &*second : &first}) {
    const std::size_t needed = expected != 0 ? expected : first.features();
    if (table->features() != needed) {
      table->fail(parameters.text("features_at"), "has " + std::to_string(table->features()) + " features; " +
                                                      std::to_string(needed) + " are expected");
    }
  }
  const UserSplit cut =
      cut_user_rows(parameters, first.rows(), second ? second->rows() : 0, has_test, paths[0]);
  // A file of a few bytes can announce any number of rows.
  const std::uint64_t row_bytes = round_up(first.features(), kRowAlignment) * sizeof(float);
  const std::size_t kept = keeps_packed_only({"hdf5", parameters}) ? 0 : cut.train;
  if (kept > context.memory / row_bytes || cut.test > context.memory / row_bytes - kept) {
    first.fail(parameters.text("features_at"),
               "needs " + std::to_string(row_bytes) + " bytes of memory for each of its " +
                   std::to_string(first.rows()) + " rows; available are " + std::to_string(context.memory));
  }
  LabelClasses classes(data.task);
  data.train = keeps_packed_only({"hdf5", parameters}) ? first.streamed(cut.train, classes)
                                                       : first.split(0, cut.train, classes);
  data.test = (second ? *second : first).split(cut.test_first, cut.test, classes);
  classes.apply(data.train.labels, paths[0].string());
  classes.apply(data.test.labels, paths[0].string());
  return data;
}

ParameterInfo text_parameter(const char* key, const char* doc, const char* fallback,
                             std::vector<std::string> choices = {}) {
  return {.key = key,
          .type = ParameterType::text,
          .doc = doc,
          .fallback = std::string(fallback),
          .choices = std::move(choices)};
}

ParameterInfo optional_text(const char* key, const char* doc) {
  return {.key = key, .type = ParameterType::text, .doc = doc, .optional = true};
}

ParameterInfo count_parameter(const char* key, const char* doc, double max) {
  return {.key = key,
          .type = ParameterType::integer,
          .doc = doc,
          .fallback = std::int64_t{0},
          .min = 0,
          .max = max};
}

std::vector<ParameterInfo> user_parameters() {
  constexpr double kMostRows = 1e9;
  return {
      {.key = "path",
       .type = ParameterType::text,
       .doc = "file, as it is or below the data dir; may be packed with gzip, bzip2 or xz"},
      optional_text("test_path", "file of the test rows; without it they are cut from `path`"),
      text_parameter("task", "what the labels are; classes may be any two numbers, the smaller becomes -1",
                     "regression", {"regression", "classification"}),
      count_parameter("features", "number of features; 0: as found", static_cast<double>(kMaxFeatures)),
      count_parameter("train_rows", "first rows of `path`, for training; 0: all that are not test rows",
                      kMostRows),
      count_parameter(
          "test_rows",
          "rows after those, for testing; with a test file its first rows; 0: all of the test file, "
          "none without one",
          kMostRows),
      sha256_parameter(),
      memory_parameter()};
}

Registry<DatasetFactory>::Entry user_kind(const char* name, const char* doc, DatasetFactory make,
                                          std::vector<ParameterInfo> more = {}) {
  std::vector<ParameterInfo> parameters = user_parameters();
  parameters.insert(parameters.end(), more.begin(), more.end());
  return {{name, doc, parameters}, make};
}

Registry<DatasetFactory>::Entry known_kind(const char* name, const char* doc, DatasetFactory make) {
  const KnownSet& set = *find_known_set(name);
  std::vector<ParameterInfo> parameters = row_limits(set.train_rows, set.test_rows);
  parameters.push_back({.key = "stand_in",
                        .type = ParameterType::boolean,
                        .doc = "use `" + set.stand_in + "` where the files are missing",
                        .fallback = true});
  parameters.push_back(sha256_parameter());
  return {{name, doc, parameters}, make};
}

std::filesystem::path find_user_file(const std::string& kind_path, const DataContext& context) {
  const std::filesystem::path given(kind_path);
  if (auto path = find_packed(given.parent_path(), given.filename().string())) return *path;
  std::string looked_at = "'" + given.string() + "'";
  if (given.is_relative() && !context.data_dir.empty()) {
    const std::filesystem::path below = context.data_dir / given;
    if (auto path = find_packed(below.parent_path(), below.filename().string())) return *path;
    looked_at += " and '" + below.string() + "'";
  }
  throw InputError("data file not found: looked at " + looked_at + ", also with .bz2, .gz and .xz");
}

}  // namespace

std::vector<std::filesystem::path> find_user_files(const Parameters& parameters, const DataContext& context) {
  std::vector<std::filesystem::path> paths = {find_user_file(parameters.text("path"), context)};
  if (parameters.has("test_path")) paths.push_back(find_user_file(parameters.text("test_path"), context));
  return paths;
}

DatasetEntries known_kinds() {
  return {known_kind("cadata", "house prices in California: regression, 8 features",
                     [](const Parameters& p, const DataContext& c) { return load_known("cadata", p, c); }),
          known_kind("cpusmall", "user-mode share of a computer's time: regression, 12 features",
                     [](const Parameters& p, const DataContext& c) { return load_known("cpusmall", p, c); }),
          known_kind("cod-rna", "non-coding RNA: classification, 8 features",
                     [](const Parameters& p, const DataContext& c) { return load_known("cod-rna", p, c); }),
          known_kind("gisette", "digits 4 against 9: classification, 5,000 features",
                     [](const Parameters& p, const DataContext& c) { return load_known("gisette", p, c); }),
          known_kind("mnist", "handwritten digits: 10 classes, 28 x 28 grey pixels 0 to 255", load_mnist),
          known_kind("cifar10", "photographs: 10 classes, 3 x 32 x 32 pixels 0 to 255", load_cifar10),
          known_kind(
              "year-prediction", "YearPredictionMSD, the year of songs: regression, 90 features",
              [](const Parameters& p, const DataContext& c) { return load_known("year-prediction", p, c); })};
}

DatasetEntries user_kinds() {
  return {
      user_kind("libsvm", "a LIBSVM text file: LABEL INDEX:VALUE ..., indices from 1", load_libsvm),
      user_kind("csv", "a CSV file of numbers", load_csv,
                {text_parameter("separator", "what is between fields", "auto",
                                {"auto", "comma", "semicolon", "tab"}),
                 text_parameter("header", "whether the first line names the columns", "auto",
                                {"auto", "yes", "no"}),
                 text_parameter("label", "label column: first, last, a name or a number from 1", "last")}),
      user_kind("hdf5", "data sets of an HDF5 file: features (rows x columns) and labels (rows)", load_hdf5,
                {text_parameter("features_at", "data set of the features", "/features"),
                 text_parameter("labels_at", "data set of the labels", "/labels"),
                 optional_text("test_features_at", "data set of the test features"),
                 optional_text("test_labels_at", "data set of the test labels")})};
}

}  // namespace zipml
