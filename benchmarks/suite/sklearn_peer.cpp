#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "benchmarks/suite/peers.h"

namespace zipml::bench {
namespace {

// A Python that runs peers.py: a line of JSON in, a line out.
class Python {
 public:
  Python(const std::string& program, const std::string& data) {
    std::array<int, 2> in{}, out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
      throw std::runtime_error("no pipe for Python");
    std::signal(SIGPIPE, SIG_IGN);  // a Python that has ended is noticed by its silence
    const std::string script = std::string(ZIPML_BENCHMARKS_DIR) + "/peers.py";
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::execlp(program.c_str(), program.c_str(), "-B", script.c_str(), data.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = ::fdopen(in[1], "w");
    from_ = ::fdopen(out[0], "r");
  }

  ~Python() {
    std::fclose(to_);
    std::fclose(from_);
    ::waitpid(child_, nullptr, 0);
  }
  Python(const Python&) = delete;
  Python& operator=(const Python&) = delete;

  // Empty where it has ended.
  std::string read_line() {
    std::string line;
    for (int c = std::fgetc(from_); c != EOF && c != '\n'; c = std::fgetc(from_))
      line += static_cast<char>(c);
    return line;
  }

  nlohmann::json ask(const nlohmann::json& question) {
    std::fprintf(to_, "%s\n", question.dump().c_str());
    std::fflush(to_);
    const std::string answer = read_line();
    if (answer.empty()) throw std::runtime_error("peers.py has ended early");
    return nlohmann::json::parse(answer);
  }

 private:
  pid_t child_ = 0;
  std::FILE *to_ = nullptr, *from_ = nullptr;
};

// The data in a file that is gone at the end: rows and columns as 64-bit numbers, labels, features, float32.
class DataFile {
 public:
  explicit DataFile(const Problem& problem)
      : path_((std::filesystem::temp_directory_path() / ("zipml-bench-" + std::to_string(::getpid())))
                  .string()) {
    std::ofstream file(path_, std::ios::binary);
    const std::array<std::uint64_t, 2> shape{problem.rows(), problem.cols()};
    file.write(reinterpret_cast<const char*>(shape.data()), sizeof shape);
    file.write(reinterpret_cast<const char*>(problem.labels.data()),
               static_cast<std::streamsize>(problem.rows() * sizeof(float)));
    for (std::size_t r = 0; r < problem.rows(); ++r)
      file.write(reinterpret_cast<const char*>(problem.features.row(r).data()),
                 static_cast<std::streamsize>(problem.cols() * sizeof(float)));
    is_whole_ = static_cast<bool>(file.flush());
  }
  ~DataFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  DataFile(const DataFile&) = delete;
  DataFile& operator=(const DataFile&) = delete;

  const std::string& path() const { return path_; }
  bool is_whole() const { return is_whole_; }

 private:
  std::string path_;
  bool is_whole_ = false;
};

struct Setting {
  double eta0_times_columns;
  bool average;
};
constexpr std::array<Setting, 6> kSettings{
    {{1.0, false}, {0.3, false}, {0.1, false}, {1.0, true}, {0.3, true}, {0.1, true}}};

class Sklearn final : public Peer {
 public:
  Sklearn(std::unique_ptr<Python> python, std::size_t cols) : python_(std::move(python)), cols_(cols) {}

  std::string name() const override { return "scikit-learn SGDRegressor"; }
  std::size_t batch() const override { return 1; }
  int threads() const override { return 1; }
  std::size_t settings() const override { return kSettings.size(); }
  bool has_own_clock() const override { return true; }

  double train(std::size_t setting, int epochs) override {
    const Setting& chosen = kSettings.at(setting);
    const nlohmann::json answer =
        python_->ask({{"epochs", epochs},
                      {"eta0", chosen.eta0_times_columns / static_cast<double>(cols_)},
                      {"average", chosen.average}});
    loss_ = answer.at("loss").is_null() ? INFINITY : answer.at("loss").get<double>();
    return answer.at("seconds");
  }

  double loss() override { return loss_; }

 private:
  std::unique_ptr<Python> python_;
  std::size_t cols_;
  double loss_ = 0.0;
};

}  // namespace

std::unique_ptr<Peer> sklearn_sgd(const Problem& problem, const std::string& python) {
  const DataFile data(problem);
  if (!data.is_whole()) {
    std::cerr << "zipml_bench: " << data.path() << ": cannot write: scikit-learn is left out\n";
    return nullptr;
  }
  auto process = std::make_unique<Python>(python, data.path());
  const std::string greeting = process->read_line();  // it has read the data by then
  if (!greeting.starts_with("ready")) {
    std::cerr << "zipml_bench: scikit-learn is left out: "
              << (greeting.empty() ? python + " does not run" : greeting) << '\n';
    return nullptr;
  }
  return std::make_unique<Sklearn>(std::move(process), problem.cols());
}

}  // namespace zipml::bench
