#include "engine/data/dataset.h"

#include <optional>
#include <utility>

#include "engine/core/error.h"
#include "engine/data/dataset_kinds.h"
#include "engine/data/known_sets.h"
#include "engine/data/sha256.h"

namespace zipml {
namespace {

std::vector<SourceFile> describe_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<SourceFile> files;
  for (const std::filesystem::path& path : paths) files.push_back(describe_file(path));
  return files;
}

/// The choice with its files' checksums; InputError where it insists on others.
ResolvedDataset with_sources(ComponentChoice choice, const std::vector<std::filesystem::path>& paths) {
  ResolvedDataset resolved{std::move(choice), describe_files(paths)};
  if (resolved.sources.empty()) return resolved;
  std::string joined;
  for (const SourceFile& file : resolved.sources) joined += (joined.empty() ? "" : "+") + file.sha256;
  Parameters& parameters = resolved.choice.parameters;
  if (parameters.has("sha256") && parameters.text("sha256") != joined) {
    throw InputError(paths[0].string() + ": the sha256 of the data is " + joined +
                     ", the choice of data set '" + resolved.choice.kind + "' insists on " +
                     parameters.text("sha256"));
  }
  parameters.set("sha256", std::move(joined));
  return resolved;
}

std::string missing_text(const KnownSet& set, const DataContext& context) {
  std::string text = "data set '" + set.kind + "': ";
  for (const KnownFile& file : set.files) {
    if (find_known_file(file, context.data_dir)) continue;
    text += "'" + file.name + "' (or packed) is not " +
            (context.data_dir.empty() ? std::string("to be found, no data dir was given")
                                      : "in '" + context.data_dir.string() + "'") +
            "; it can be had from " + file.address + "; ";
  }
  return text + "or allow its stand-in '" + set.stand_in + "' with \"stand_in\": true";
}

// Some files of a set in several: a mistake, which generated data would hide.
void refuse_incomplete(const KnownSet& set, const std::filesystem::path& data_dir) {
  for (const auto* files : {&set.files, &set.other_files}) {
    const KnownFile* missing = nullptr;
    std::optional<std::filesystem::path> found;
    for (const KnownFile& file : *files) {
      if (auto path = find_known_file(file, data_dir)) {
        found = std::move(path);
      } else if (missing == nullptr) {
        missing = &file;
      }
    }
    if (!found || missing == nullptr) continue;
    throw InputError("data set '" + set.kind + "': '" + missing->name + "' (or packed) is missing, but '" +
                     found->string() + "' is there; it can be had from " + missing->address +
                     "; for generated data name '" + set.stand_in + "'");
  }
}

ResolvedDataset resolve_known(const KnownSet& set, const ComponentChoice& choice,
                              const DataContext& context) {
  if (const auto found = find_known_set_files(set, context.data_dir)) {
    ComponentChoice real = choice;
    // Whether a stand-in would have been allowed says nothing about the data that is read.
    real.parameters.set("stand_in", false);
    return with_sources(std::move(real), found->paths);
  }
  // Insisting on certain bytes and accepting generated ones do not go together.
  if (!choice.parameters.boolean("stand_in") || choice.parameters.has("sha256")) {
    throw InputError(missing_text(set, context));
  }
  refuse_incomplete(set, context.data_dir);
  const ComponentChoice stand_in = choose(
      datasets().family(), set.stand_in,
      {{"train_rows", choice.parameters.at("train_rows")}, {"test_rows", choice.parameters.at("test_rows")}});
  return resolve_dataset(stand_in, context);
}

ResolvedDataset resolve_gisette_like(ComponentChoice choice, const DataContext& context) {
  const auto digits = find_mnist_training_files(context);
  const std::string& source = choice.parameters.text("source");
  if (source == "generated" || (source == "auto" && digits.empty())) {
    choice.parameters.set("source", std::string("generated"));
    return {std::move(choice), {}};
  }
  if (digits.empty()) {
    const KnownFile& images = find_known_set("mnist")->files[0];
    throw InputError("data set 'gisette-like': source is mnist, but '" + images.name +
                     "' and its labels are not in the data dir '" + context.data_dir.string() +
                     "'; they can be had from " + images.address);
  }
  choice.parameters.set("source", std::string("mnist"));
  return with_sources(std::move(choice), digits);
}

bool is_user_kind(const std::string& kind) { return kind == "libsvm" || kind == "csv" || kind == "hdf5"; }

DatasetEntries all_kinds() {
  DatasetEntries all;
  for (auto* part : {synthetic_kinds, known_kinds, gisette_like_kinds, tabular_kinds, tomography_kinds,
                     image_kinds, user_kinds}) {
    for (auto& entry : part()) all.push_back(std::move(entry));
  }
  return all;
}

void add_split(Sha256& hash, const Split& split) {
  const std::uint64_t shape[] = {split.rows(), split.features.cols()};
  hash.add(shape, sizeof shape);
  hash.add(split.labels.data(), split.labels.size() * sizeof(float));
  split.visit([&](std::size_t, const Matrix& block) {
    for (std::size_t r = 0; r < block.rows(); ++r) {
      hash.add(block.row(r).data(), block.cols() * sizeof(float));
    }
  });
}

}  // namespace

const Registry<DatasetFactory>& datasets() {
  static const Registry<DatasetFactory> registry("dataset", "where samples and labels come from",
                                                 all_kinds());
  return registry;
}

std::vector<ParameterInfo> row_limits(std::size_t train_rows, std::size_t test_rows) {
  const auto limit = [](const char* key, const char* doc, std::size_t all) {
    return ParameterInfo{.key = key,
                         .type = ParameterType::integer,
                         .doc = doc,
                         .fallback = std::int64_t{0},
                         .min = 0,
                         .max = static_cast<double>(all)};
  };
  return {limit("train_rows", "use only the first training rows; 0: all", train_rows),
          limit("test_rows", "use only the first test rows; 0: all", test_rows)};
}

std::size_t rows_wanted(const Parameters& parameters, const std::string& key, std::size_t all) {
  const std::int64_t wanted = parameters.integer(key);
  if (wanted == 0) return all;
  if (wanted < 0 || static_cast<std::size_t>(wanted) > all) {
    throw InputError(key + " is " + std::to_string(wanted) + "; allowed are 0 (all) to " +
                     std::to_string(all));
  }
  return static_cast<std::size_t>(wanted);
}

ParameterInfo memory_parameter() {
  return {.key = "memory",
          .type = ParameterType::text,
          .doc =
              "training rows in memory: float32, as without it; packed: only as quantized samples, what "
              "needs the rows themselves reads or makes them again",
          .choices = {"float32", "packed"},
          .optional = true};
}

bool keeps_packed_only(const ComponentChoice& choice) {
  return choice.parameters.has("memory") && choice.parameters.text("memory") == "packed";
}

ResolvedDataset resolve_dataset(const ComponentChoice& choice, const DataContext& context) {
  if (const KnownSet* set = find_known_set(choice.kind); set != nullptr) {
    return resolve_known(*set, choice, context);
  }
  if (choice.kind == "gisette-like") return resolve_gisette_like(choice, context);
  if (is_user_kind(choice.kind)) return with_sources(choice, find_user_files(choice.parameters, context));
  return {choice, {}};
}

Task dataset_task(const ComponentChoice& choice) {
  if (is_user_kind(choice.kind)) {
    return choice.parameters.text("task") == "classification" ? Task::classification : Task::regression;
  }
  for (const KnownSet& set : known_sets()) {
    if (set.kind == choice.kind || set.stand_in == choice.kind) return set.task;
  }
  return Task::regression;
}

Dataset load_dataset(const ComponentChoice& choice, const DataContext& context) {
  ResolvedDataset resolved = resolve_dataset(choice, context);
  Dataset data = datasets()[resolved.choice.kind](resolved.choice.parameters, context);
  data.sources = std::move(resolved.sources);
  return data;
}

std::string content_checksum(const Dataset& dataset) {
  Sha256 hash;
  hash.add(dataset.name.c_str(), dataset.name.size() + 1);
  add_split(hash, dataset.train);
  add_split(hash, dataset.test);
  return hash.hex();
}

}  // namespace zipml
