#include "benchmarks/suite/options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>
#include <iostream>

#include "engine/core/error.h"
#include "engine/core/parallel.h"

namespace zipml::bench {
namespace {

namespace po = boost::program_options;

const std::vector<std::string> kParts{"epochs", "peers", "scaling"};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> items;
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t comma = std::min(text.find(',', first), text.size());
    items.push_back(text.substr(first, comma - first));
    first = comma + 1;
  }
  return items;
}

template <class Integer>
std::vector<Integer> integers(const std::string& option, const std::string& text, unsigned long most) {
  std::vector<Integer> values;
  for (const std::string& item : split(text)) {
    const bool digits =
        !item.empty() && item.size() < 10 && item.find_first_not_of("0123456789") == item.npos;
    const unsigned long value = digits ? std::stoul(item) : 0;
    if (value < 1 || value > most)
      throw InputError("--" + option + ": found '" + item + "'; allowed: whole numbers from 1 to " +
                       std::to_string(most) + ", separated by commas");
    values.push_back(static_cast<Integer>(value));
  }
  return values;
}

void in_range(const std::string& option, double value, double least, double most) {
  if (!(value >= least && value <= most)) {
    char message[160];
    std::snprintf(message, sizeof message, "--%s: found %g; allowed: %g to %g", option.c_str(), value, least,
                  most);
    throw InputError(message);
  }
}

po::options_description description() {
  po::options_description options("Options");
  auto add = options.add_options();
  add("megabytes", po::value<double>(), "MiB of a data set at float32 (256)");
  add("rounds", po::value<int>(), "interleaved repetitions; medians over them are shown (7)");
  add("seconds", po::value<double>(), "a case is repeated for at least so long in every round (0.03)");
  add("features", po::value<std::string>(), "columns of the data sets (90,1000,5000)");
  add("batches", po::value<std::string>(), "rows of a mini-batch (1,16,256)");
  add("threads", po::value<std::string>(), "(1,2); more than there are CPUs are left out");
  add("model-bits", po::value<int>(), "of the integer engine: 8 or 16 (16)");
  add("parts", po::value<std::string>(), "tables to make (epochs,peers,scaling)");
  add("benchmark_filter", po::value<std::string>(),
      "regular expression; of all cases, such as 'n 1000, batch 256, 2 threads: 4 + 2 bits', only those in "
      "which it is found, beside the float32 they are compared with");
  add("json", po::value<std::string>(), "file for everything that was measured");
  add("python", po::value<std::string>(), "Python that can import sklearn (python3)");
  add("quick", "small data, few rounds: seconds, to see that all results are right; times mean little");
  add("help", "this text");
  return options;
}

template <class T>
void take(const po::variables_map& given, const char* option, T& target) {
  if (given.count(option) != 0) target = given[option].as<T>();
}

po::variables_map parse(int argc, const char* const* argv, const po::options_description& known) {
  po::variables_map given;
  try {
    po::store(po::command_line_parser(argc, argv)
                  .options(known)
                  .positional({})
                  .style(po::command_line_style::default_style & ~po::command_line_style::allow_guessing)
                  .run(),
              given);
  } catch (const po::error& problem) {
    throw InputError(std::string(problem.what()) + "; see --help");
  }
  return given;
}

void check(const Options& options) {
  in_range("megabytes", options.megabytes, 1, 65536);
  in_range("rounds", options.rounds, 1, 1000);
  in_range("seconds", options.seconds, 0, 60);
  if (options.model_bits != 8 && options.model_bits != 16)
    throw InputError("--model-bits: found " + std::to_string(options.model_bits) + "; allowed: 8, 16");
  for (const std::string& part : options.parts) {
    if (std::find(kParts.begin(), kParts.end(), part) == kParts.end())
      throw InputError("--parts: found '" + part + "'; allowed: epochs, peers, scaling");
  }
  try {
    const std::regex valid(options.filter);
  } catch (const std::regex_error&) {
    throw InputError("--benchmark_filter: '" + options.filter + "' is not a regular expression");
  }
}

}  // namespace

bool Options::has_part(const std::string& name) const {
  return std::find(parts.begin(), parts.end(), name) != parts.end();
}

std::optional<Options> read_options(int argc, const char* const* argv) {
  const po::options_description known = description();
  const po::variables_map given = parse(argc, argv, known);
  if (given.count("help") != 0) {
    std::cout
        << "Usage: zipml_bench [options]\n\nEpochs of SGD at every precision beside float32, other "
           "programs, time to the same loss, and scaling.\nExample: zipml_bench --megabytes 1024 --parts "
           "epochs --features 1000 --json bench.json\n\n"
        << known;
    return std::nullopt;
  }
  Options options;
  if (given.count("quick") != 0) {
    options.quick = true;
    options.megabytes = 1.5;
    options.rounds = 1;
    options.seconds = 0;
  }
  take(given, "megabytes", options.megabytes);
  take(given, "rounds", options.rounds);
  take(given, "seconds", options.seconds);
  take(given, "model-bits", options.model_bits);
  take(given, "benchmark_filter", options.filter);
  take(given, "json", options.json);
  take(given, "python", options.python);
  if (given.count("features") != 0)
    options.features = integers<std::size_t>("features", given["features"].as<std::string>(), 65536);
  if (given.count("batches") != 0)
    options.batches = integers<std::size_t>("batches", given["batches"].as<std::string>(), 1 << 20);
  if (given.count("threads") != 0)
    options.threads = integers<int>("threads", given["threads"].as<std::string>(), 1024);
  if (given.count("parts") != 0) options.parts = split(given["parts"].as<std::string>());
  check(options);
  const auto too_many = [](int threads) { return threads > available_threads(); };
  for (const int threads : options.threads) {
    if (too_many(threads))
      std::cerr << "zipml_bench: " << threads << " threads: left out, there are " << available_threads()
                << " CPUs\n";
  }
  std::erase_if(options.threads, too_many);
  if (options.threads.empty()) throw InputError("--threads: none of them is left");
  return options;
}

}  // namespace zipml::bench
