#include "experiments/results/result_file.h"

#include <algorithm>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

#include "engine/core/error.h"
#include "engine/data/hdf5_file.h"
#include "engine/data/sealed_bytes.h"
#include "experiments/results/atomic_file.h"
#include "experiments/results/trace_columns.h"

namespace zipml {
namespace {

namespace fs = std::filesystem;

const char* status_name(RunStatus status) { return status == RunStatus::finished ? "finished" : "diverged"; }

template <class Pointer>
using MemberOf = std::remove_reference_t<decltype(std::declval<TraceRow&>().*std::declval<Pointer>())>;

std::string column_path(const TraceColumn& column) { return "/trace/" + std::string(column.name); }

void write_header(Hdf5Writer& file, const ResultFile& result) {
  file.attribute("/", "schema_version", std::int64_t{kResultSchemaVersion});
  file.attribute("/", "status", std::string_view(status_name(result.status)));
  file.attribute("/", "zipml_version", std::string_view(result.zipml_version));
  file.attribute("/", "run_id", std::string_view(result.run_id));
  file.attribute("/", "config_name", std::string_view(result.config_name));
  file.attribute("/", "panel", std::string_view(result.panel));
  file.attribute("/", "series", std::string_view(result.series));
  file.attribute("/", "seed", result.seed);
  file.attribute("/", "reproducible", std::int64_t{result.reproducible});
  file.attribute("/", "alpha", result.alpha);
  file.attribute("/", "dataset_name", std::string_view(result.dataset_name));
  file.attribute("/", "dataset_title", std::string_view(result.dataset_title));
  file.attribute("/", "dataset_stand_in_for", std::string_view(result.dataset_stand_in_for));
  file.attribute("/", "train_rows", result.train_rows);
  file.attribute("/", "test_rows", result.test_rows);
  file.attribute("/", "features", result.features);
}

void read_header(const Hdf5Reader& file, ResultFile& result) {
  const std::string status = file.attribute_text("/", "status");
  if (status != "finished" && status != "diverged") {
    throw InputError(file.path().string() + ": unknown status '" + status + "'");
  }
  result.status = status == "finished" ? RunStatus::finished : RunStatus::diverged;
  result.zipml_version = file.attribute_text("/", "zipml_version");
  result.run_id = file.attribute_text("/", "run_id");
  result.config_name = file.attribute_text("/", "config_name");
  result.panel = file.attribute_text("/", "panel");
  result.series = file.attribute_text("/", "series");
  result.seed = file.attribute_unsigned("/", "seed");
  result.reproducible = file.attribute_integer("/", "reproducible") != 0;
  result.alpha = file.attribute_number("/", "alpha");
  result.dataset_name = file.attribute_text("/", "dataset_name");
  result.dataset_title = file.attribute_text("/", "dataset_title");
  result.dataset_stand_in_for = file.attribute_text("/", "dataset_stand_in_for");
  result.train_rows = file.attribute_unsigned("/", "train_rows");
  result.test_rows = file.attribute_unsigned("/", "test_rows");
  result.features = file.attribute_unsigned("/", "features");
}

void write_trace(Hdf5Writer& file, const ResultFile& result) {
  file.group("/trace");
  for (const TraceColumn& column : trace_columns()) {
    std::visit(
        [&](auto member) {
          std::vector<MemberOf<decltype(member)>> values;
          for (const TraceRow& row : result.trace) values.push_back(row.*member);
          file.array(column_path(column), values);
        },
        column.member);
    file.attribute(column_path(column), "unit", column.unit);
    file.attribute(column_path(column), "doc", column.doc);
  }
  if (result.exact_minimum) file.attribute("/trace", "exact_minimum", *result.exact_minimum);
}

void read_trace(const Hdf5Reader& file, ResultFile& result) {
  bool first = true;
  for (const TraceColumn& column : trace_columns()) {
    std::visit(
        [&](auto member) {
          const auto values = file.read<MemberOf<decltype(member)>>(column_path(column));
          if (first) result.trace.resize(values.size());
          if (values.size() != result.trace.size()) {
            throw InputError(file.path().string() + ": the columns of /trace differ in length");
          }
          for (std::size_t i = 0; i < values.size(); ++i) result.trace[i].*member = values[i];
        },
        column.member);
    first = false;
  }
  if (file.has_attribute("/trace", "exact_minimum")) {
    result.exact_minimum = file.attribute_number("/trace", "exact_minimum");
  }
}

struct ErrorColumn {
  const char *name, *doc;
  double BiasAndNoise::*member;
};
constexpr ErrorColumn kErrorColumns[] = {
    {"gradient_norm", "norm of the mean gradient at full precision", &BiasAndNoise::gradient_norm},
    {"sample_noise", "noise of one sample's gradient at full precision", &BiasAndNoise::sample_noise},
    {"bias", "norm of the estimate's bias", &BiasAndNoise::bias},
    {"bias_floor", "below this a bias is not told from 0", &BiasAndNoise::bias_floor},
    {"noise", "noise that quantization adds to one sample's gradient", &BiasAndNoise::noise},
};

std::string error_path(const char* name) { return "/bias_and_noise/" + std::string(name); }

void write_bias_and_noise(Hdf5Writer& file, const std::vector<BiasAndNoise>& errors) {
  file.group("/bias_and_noise");
  std::vector<std::uint32_t> epochs;
  for (const BiasAndNoise& error : errors) epochs.push_back(error.epoch);
  file.array(error_path("epoch"), epochs);
  for (const ErrorColumn& column : kErrorColumns) {
    std::vector<double> values;
    for (const BiasAndNoise& error : errors) values.push_back(error.*column.member);
    file.array(error_path(column.name), values);
    file.attribute(error_path(column.name), "doc", std::string_view(column.doc));
  }
}

std::vector<BiasAndNoise> read_bias_and_noise(const Hdf5Reader& file) {
  const auto epochs = file.read<std::uint32_t>(error_path("epoch"));
  std::vector<BiasAndNoise> errors(epochs.size());
  for (std::size_t i = 0; i < epochs.size(); ++i) errors[i].epoch = epochs[i];
  for (const ErrorColumn& column : kErrorColumns) {
    const auto values = file.read<double>(error_path(column.name));
    if (values.size() != errors.size()) {
      throw InputError(file.path().string() + ": the columns of /bias_and_noise differ in length");
    }
    for (std::size_t i = 0; i < values.size(); ++i) errors[i].*column.member = values[i];
  }
  return errors;
}

void write_preprocess(Hdf5Writer& file, const AppliedPreprocess& applied) {
  file.group("/preprocess");
  file.array("/preprocess/feature_offset", applied.feature_offset);
  file.array("/preprocess/feature_scale", applied.feature_scale);
  file.attribute("/preprocess", "label_offset", applied.label_offset);
  file.attribute("/preprocess", "label_scale", applied.label_scale);
  file.attribute("/preprocess", "loss_unit", applied.loss_unit);
  file.attribute("/preprocess", "intercept", std::int64_t{applied.intercept});
}

AppliedPreprocess read_preprocess(const Hdf5Reader& file) {
  AppliedPreprocess applied;
  applied.feature_offset = file.read<double>("/preprocess/feature_offset");
  applied.feature_scale = file.read<double>("/preprocess/feature_scale");
  applied.label_offset = file.attribute_number("/preprocess", "label_offset");
  applied.label_scale = file.attribute_number("/preprocess", "label_scale");
  applied.loss_unit = file.attribute_number("/preprocess", "loss_unit");
  applied.intercept = file.attribute_integer("/preprocess", "intercept") != 0;
  return applied;
}

struct ProvenanceText {
  const char* name;
  std::string Provenance::*member;
};
constexpr ProvenanceText kProvenanceTexts[] = {
    {"git_commit", &Provenance::git_commit},
    {"compiler", &Provenance::compiler},
    {"flags", &Provenance::flags},
    {"cpu_model", &Provenance::cpu_model},
    {"libraries", &Provenance::libraries},
    {"instruction_set", &Provenance::instruction_set},
    {"data_checksum", &Provenance::data_checksum},
};

struct ProvenanceNumber {
  const char* name;
  std::int64_t Provenance::*member;
};
// Not in results of older versions.
constexpr ProvenanceNumber kProvenanceNumbers[] = {
    {"cpus", &Provenance::cpus},
    {"sample_bytes", &Provenance::sample_bytes},
    {"peak_memory_bytes", &Provenance::peak_memory_bytes},
};

void write_provenance(Hdf5Writer& file, const Provenance& provenance) {
  file.group("/provenance");
  for (const ProvenanceText& text : kProvenanceTexts) {
    file.attribute("/provenance", text.name, std::string_view(provenance.*text.member));
  }
  file.attribute("/provenance", "config_options", std::string_view(provenance.config_options));
  file.attribute("/provenance", "threads", provenance.threads);
  for (const ProvenanceNumber& number : kProvenanceNumbers) {
    file.attribute("/provenance", number.name, provenance.*number.member);
  }
  file.texts("/provenance/source_files", provenance.source_files);
}

Provenance read_provenance(const Hdf5Reader& file) {
  Provenance provenance;
  for (const ProvenanceText& text : kProvenanceTexts) {
    provenance.*text.member = file.attribute_text("/provenance", text.name);
  }
  provenance.threads = file.attribute_integer("/provenance", "threads");
  for (const ProvenanceNumber& number : kProvenanceNumbers) {
    if (!file.has_attribute("/provenance", number.name)) continue;
    provenance.*number.member = file.attribute_integer("/provenance", number.name);
  }
  if (file.has_attribute("/provenance", "config_options")) {
    provenance.config_options = file.attribute_text("/provenance", "config_options");
  }
  provenance.source_files = file.texts("/provenance/source_files");
  return provenance;
}

void write_tuning_group(Hdf5Writer& file, const Tuning& tuning) {
  file.group("/tuning");
  file.array("/tuning/alphas", tuning.alphas);
  file.array("/tuning/final_losses", tuning.final_losses);
  file.attribute("/tuning", "best", tuning.best);
}

Tuning read_tuning_group(const Hdf5Reader& file) {
  return {file.read<double>("/tuning/alphas"), file.read<double>("/tuning/final_losses"),
          file.attribute_number("/tuning", "best")};
}

std::vector<std::byte> sealed_image(Hdf5Writer& file) {
  std::vector<std::byte> bytes = file.image();
  seal(bytes);
  return bytes;
}

void check_schema(const Hdf5Reader& file) {
  const std::int64_t version = file.attribute_integer("/", "schema_version");
  if (version == kResultSchemaVersion) return;
  throw InputError(file.path().string() + ": written with layout version " + std::to_string(version) +
                   "; this program reads version " + std::to_string(kResultSchemaVersion));
}

/// Runs `read` over an intact file; every failure becomes a problem.
template <class T, class Read>
ReadOutcome<T> read_sealed(const fs::path& path, const Read& read) {
  SealedFile sealed = read_sealed_file(path);
  if (!sealed.problem.empty()) return {std::nullopt, std::move(sealed.problem)};
  try {
    const Hdf5Reader file(path, sealed.bytes);
    check_schema(file);
    return {read(file), {}};
  } catch (const std::runtime_error& error) {
    return {std::nullopt, error.what()};
  }
}

bool hidden_from_search(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('_') || name.starts_with('.');
}

void add_results(const fs::path& folder, bool may_be_gone, std::vector<fs::path>& files) {
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  std::vector<fs::path> folders;
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    if (hidden_from_search(entry->path())) continue;
    std::error_code ignored;  // the entry may be gone by now
    if (entry->is_directory(ignored)) {
      if (!entry->is_symlink(ignored)) folders.push_back(entry->path());
    } else if (entry->path().extension() == ".h5") {
      files.push_back(entry->path());
    }
  }
  if (error && !(may_be_gone && error == std::errc::no_such_file_or_directory))
    throw IoError(folder.string() + ": cannot read this folder: " + error.message());
  for (const fs::path& below : folders) add_results(below, true, files);
}

}  // namespace

std::vector<std::byte> encode_result(const ResultFile& result) {
  Hdf5Writer file(result.run_id + ".h5");
  write_header(file, result);
  file.text("/config", result.resolved_json);
  write_trace(file, result);
  if (!result.bias_and_noise.empty()) write_bias_and_noise(file, result.bias_and_noise);
  file.array("/model/x", result.x);
  file.array("/model/weights_original", result.weights_original);
  if (result.levels) write_levels(file, *result.levels);
  write_preprocess(file, result.preprocess);
  if (result.tuning) write_tuning_group(file, *result.tuning);
  if (result.gradients) write_group(file, *result.gradients);
  if (result.levels_of_column) write_group(file, *result.levels_of_column);
  if (result.image) write_image(file, *result.image);
  if (result.fpga) write_group(file, *result.fpga);
  write_provenance(file, result.provenance);
  file.array("/timing/epoch_seconds", result.epoch_seconds);
  file.attribute("/timing", "total_seconds", result.total_seconds);
  file.attribute("/timing", "store_seconds", result.store_seconds);
  return sealed_image(file);
}

void write_result(const fs::path& file, const ResultFile& result) {
  write_file_atomically(file, encode_result(result));
}

std::string result_problem(const fs::path& path, const std::string& run_id) {
  const auto read_id = [](const Hdf5Reader& file) { return file.attribute_text("/", "run_id"); };
  const ReadOutcome<std::string> found = read_sealed<std::string>(path, read_id);
  if (!found.value || *found.value == run_id) return found.problem;
  return path.string() + ": holds the result of run " + *found.value;
}

ReadOutcome<ResultFile> read_result(const fs::path& path, ResultParts parts) {
  return read_sealed<ResultFile>(path, [&](const Hdf5Reader& file) {
    ResultFile result;
    read_header(file, result);
    result.resolved_json = file.text("/config");
    read_trace(file, result);
    const std::vector<std::string> groups = file.children("/");
    const auto has = [&](std::string_view group) {
      return std::binary_search(groups.begin(), groups.end(), group.substr(1));
    };
    if (has("/bias_and_noise")) result.bias_and_noise = read_bias_and_noise(file);
    if (parts == ResultParts::all) {
      result.x = file.read<float>("/model/x");
      result.weights_original = file.read<double>("/model/weights_original");
      if (has("/levels")) result.levels = read_levels(file);
      result.preprocess = read_preprocess(file);
      if (has("/tuning")) result.tuning = read_tuning_group(file);
    }
    if (has(kGradientErrorGroup)) result.gradients = read_gradient_error(file);
    if (has(kHistogramGroup)) result.levels_of_column = read_histogram(file);
    if (has("/tomography")) result.image = read_image(file);
    if (has(kFpgaGroup)) result.fpga = read_fpga_times(file);
    result.provenance = read_provenance(file);
    result.epoch_seconds = file.read<double>("/timing/epoch_seconds");
    result.total_seconds = file.attribute_number("/timing", "total_seconds");
    if (file.has_attribute("/timing", "store_seconds"))  // not in results of older versions
      result.store_seconds = file.attribute_number("/timing", "store_seconds");
    return result;
  });
}

fs::path result_path(const fs::path& out, const std::string& config_name, const std::string& run_id) {
  return out / config_name / (run_id + ".h5");
}

fs::path tuning_path(const fs::path& out, const std::string& tuning_key) {
  return out / "_tuning" / (tuning_key + ".h5");
}

std::vector<fs::path> find_results(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) throw InputError(path.string() + ": no such file or folder");
  if (!fs::is_directory(path, error)) return {path};
  std::vector<fs::path> files;
  add_results(path, false, files);
  std::sort(files.begin(), files.end());
  // A file that is replaced while the folder is read may be listed twice.
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

std::string copy_problem(const fs::path& copy, const std::string& run_id, const fs::path& first) {
  return copy.string() + ": a copy of run " + run_id + ", which " + first.string() + " holds as well";
}

void write_tuning(const fs::path& path, const std::string& tuning_key, const Tuning& tuning) {
  Hdf5Writer file(path);
  file.attribute("/", "schema_version", std::int64_t{kResultSchemaVersion});
  file.attribute("/", "tuning_key", std::string_view(tuning_key));
  write_tuning_group(file, tuning);
  write_file_atomically(path, sealed_image(file));
}

ReadOutcome<Tuning> read_tuning(const fs::path& path, const std::string& tuning_key) {
  return read_sealed<Tuning>(path, [&](const Hdf5Reader& file) {
    if (file.attribute_text("/", "tuning_key") != tuning_key) {
      throw InputError(path.string() + ": holds the tuning of another problem");
    }
    return read_tuning_group(file);
  });
}

}  // namespace zipml
