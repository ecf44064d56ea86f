#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/data/dataset.h"
#include "engine/data/known_sets.h"
#include "engine/data/sha256.h"
#include "experiments/cli/command_list.h"
#include "experiments/cli/data_fetch.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

constexpr int kDone = 0, kFailed = 1;
const std::vector<std::string> kActions = {"list", "verify", "fetch"};

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const KnownSet& set : known_sets()) names.push_back(set.kind);
  return names;
}

/// The sets that were named; all of them where none was.
std::vector<const KnownSet*> named_sets(const std::vector<std::string>& names) {
  std::vector<const KnownSet*> sets;
  for (const std::string& name : names) {
    const KnownSet* set = find_known_set(name);
    if (set == nullptr) {
      throw InputError("zipml data: no known data set \"" + name + "\"" + did_you_mean(name, known_names()) +
                       "; allowed: " + join(known_names()));
    }
    sets.push_back(set);
  }
  if (sets.empty()) {
    for (const KnownSet& set : known_sets()) sets.push_back(&set);
  }
  return sets;
}

std::filesystem::path data_dir_of(const ParsedOptions& options, const char* fallback) {
  if (options.has("data-dir")) return options.text("data-dir");
  const char* folder = std::getenv("ZIPML_DATA_DIR");
  return folder != nullptr && *folder != '\0' ? folder : fallback;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

int list_sets(const std::filesystem::path& data_dir) {
  std::cout << padded("set", 17) << padded("train", 9) << padded("test", 9) << padded("features", 10)
            << "files\n";
  for (const KnownSet& set : known_sets()) {
    std::cout << padded(set.kind, 17) << padded(std::to_string(set.train_rows), 9)
              << padded(std::to_string(set.test_rows), 9) << padded(std::to_string(set.features), 10);
    const auto found = find_known_set_files(set, data_dir);
    if (found) {
      for (const auto& path : found->paths)
        std::cout << (path == found->paths[0] ? "" : ", ") << path.string();
      std::cout << "\n";
    } else {
      std::cout << (data_dir.empty() ? "no data dir given" : "not found")
                << (set.stand_in.empty() ? "" : "; stand-in: " + set.stand_in) << "\n";
    }
    for (const auto* files : {&set.files, &set.other_files}) {
      for (const KnownFile& file : *files) {
        std::cout << "    " << (files == &set.other_files ? "or " : "") << file.address
                  << (file.note.empty() ? "" : " (" + file.note + ")") << "\n";
      }
    }
  }
  return kDone;
}

/// Prints what is known of the bytes of a file; false if they are not those on record and should be.
bool verify_bytes(const KnownSet& set, const KnownFile& file, const std::filesystem::path& path) {
  const SourceFile found = describe_file(path);
  const RecordVerdict verdict = compare_with_record(file, found);
  std::cout << set.kind << ": " << path.string() << ": " << found.bytes << " bytes, sha256 " << found.sha256;
  if (verdict == RecordVerdict::equal) std::cout << ", as on record\n";
  if (verdict == RecordVerdict::unknown) std::cout << ", none on record for this form\n";
  if (verdict == RecordVerdict::other_copy) std::cout << ", another copy: " << file.note << "\n";
  if (verdict == RecordVerdict::different)
    std::cout << ", DIFFERENT from the record, " << file.sha256 << "\n";
  return verdict != RecordVerdict::different;
}

bool verify_set(const KnownSet& set, const std::filesystem::path& data_dir, bool must_exist) {
  const auto found = find_known_set_files(set, data_dir);
  if (!found) {
    std::cout << set.kind << ": not in " << data_dir.string() << "\n";
    return !must_exist;
  }
  const std::vector<KnownFile>& files =
      found->paths.size() == set.files.size() && found->format == set.format ? set.files : set.other_files;
  bool good = true;
  for (std::size_t i = 0; i < files.size(); ++i) good = verify_bytes(set, files[i], found->paths[i]) && good;
  try {
    // Loading the whole set checks its shape and every value.
    load_dataset(choose(datasets().family(), set.kind, {{"stand_in", false}}), {data_dir});
  } catch (const InputError& error) {
    std::cout << set.kind << ": DAMAGED: " << error.what() << "\n";
    return false;
  }
  std::cout << set.kind << ": shape and values ok\n";
  return good;
}

int verify_sets(const std::vector<std::string>& names, const std::filesystem::path& data_dir) {
  std::error_code error;
  if (!std::filesystem::is_directory(data_dir, error)) {
    throw InputError("zipml data verify: '" + data_dir.string() +
                     "' is not a folder; --data-dir must name one");
  }
  bool good = true;
  for (const KnownSet* set : named_sets(names)) good = verify_set(*set, data_dir, !names.empty()) && good;
  return good ? kDone : kFailed;
}

int fetch_sets(const std::vector<std::string>& names, const std::string& from,
               const std::filesystem::path& data_dir) {
  if (names.empty()) {
    throw InputError("zipml data fetch: no data set named; allowed: " + join(known_names()) +
                     ", or all of them");
  }
  const bool all = names == std::vector<std::string>{"all"};
  const std::vector<const KnownSet*> sets = named_sets(all ? std::vector<std::string>{} : names);
  for (const KnownSet* set : sets) {
    for (const KnownFile& file : set->files) require_source(file, from, data_dir);
  }
  bool good = true;
  for (const KnownSet* set : sets) {
    for (const KnownFile& file : set->files) good = fetch_file(*set, file, from, data_dir) && good;
  }
  return good ? kDone : kFailed;
}

}  // namespace

OptionParser data_options() {
  Manual manual;
  manual.command = "data";
  manual.about = "known data sets: list, verify, fetch";
  manual.description = {
      "`zipml data list` shows the data sets that configs may name, their shapes, where their files are and "
      "where their owners offer them. `zipml data verify [NAME...]` checks sizes, checksums, shapes and "
      "every "
      "value. `zipml data fetch NAME...` (or all) gets files with the program `curl`, or copies them, and "
      "keeps only what agrees with the checksum on record.",
      "No data set is needed: without its files a generated stand-in of the same shape takes its place, and "
      "is named as one everywhere."};
  manual.exit_codes = {{"1", "A file is damaged, not the one on record, or could not be had."}};
  manual.environment = {"ZIPML_DATA_DIR"};
  manual.examples = {{"zipml data list", "What is there, and what is not"},
                     {"zipml data fetch cadata cpusmall --data-dir data", "Get two sets"},
                     {"zipml data verify --data-dir data", "Check all that is there"}};
  manual.see_also = {"run", "list"};
  OptionParser parser(std::move(manual));
  std::vector<std::string> words = kActions;
  for (const std::string& name : known_names()) words.push_back(name);
  words.push_back("all");
  parser.positional(text_value("ACTION", words), "one of list, verify [NAME...] and fetch NAME... (or all)",
                    1);
  parser.value("data-dir", folder_value("DIR"), "folder of data files")
      .otherwise("the environment's ZIPML_DATA_DIR; for verify and fetch then data");
  parser.value("from", folder_value("DIR|URL"), "fetch: folder or address that has the files")
      .otherwise("the official addresses");
  return parser;
}

int data_command(const ParsedOptions& options) {
  const std::vector<std::string>& words = options.positional();
  const std::vector<std::string> names(words.begin() + 1, words.end());
  if (options.has("from") && words[0] != "fetch") {
    throw InputError("zipml data " + words[0] + ": --from belongs to fetch");
  }
  if (words[0] == "list") {
    if (!names.empty()) throw InputError("zipml data list: unexpected word \"" + names[0] + "\"");
    return list_sets(data_dir_of(options, ""));
  }
  if (words[0] == "verify") return verify_sets(names, data_dir_of(options, "data"));
  if (words[0] == "fetch") {
    return fetch_sets(names, options.has("from") ? options.text("from") : "", data_dir_of(options, "data"));
  }
  throw InputError("zipml data: no action \"" + words[0] + "\"" + did_you_mean(words[0], kActions) +
                   "; allowed: " + join(kActions));
}

}  // namespace zipml
