#include <csignal>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "experiments/cli/commands.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

constexpr int kFailed = 1, kWrongInput = 2;

struct Command {
  const char* name;
  const char* about;
  int (*run)(const std::vector<std::string>& args);
};

constexpr Command kCommands[] = {
    {"run", "run the configs' experiments, what is finished excepted", run_command},
    {"validate", "check configs, run nothing", validate_command},
    {"list", "every data set, level strategy, estimator, model, solver, ...", list_command},
    {"schema", "the JSON schema of a config", schema_command},
    {"compare", "quantizers on your own data: error and time", compare_command},
    {"fpga", "cycles, stalls and bytes of a published FPGA engine", fpga_command},
    {"report", "the paper's claims against the results", report_command},
    {"export", "result files as CSV", export_command},
    {"data", "known data sets: list, verify, fetch", data_command},
};

std::string help() {
  std::string text =
      "usage: zipml COMMAND [options]\n\n"
      "Trains linear models end to end in low precision (arXiv:1611.05402).\n\n";
  for (const Command& command : kCommands) {
    const std::string name = command.name;
    text += "  " + name + std::string(10 - name.size(), ' ') + command.about + "\n";
  }
  return text +
         "\n  zipml COMMAND --help shows a command's options, zipml --version the version\n\n"
         "example: zipml run configs/figures/fig4.json --scale quick\n";
}

int dispatch(const std::vector<std::string>& args) {
  if (args.empty()) {
    std::cerr << help();
    return kWrongInput;
  }
  if (args[0] == "--help" || args[0] == "-h" || args[0] == "help") {
    std::cout << help();
    return 0;
  }
  if (args[0] == "--version") {
    std::cout << "zipml " << ZIPML_VERSION << "\n";
    return 0;
  }
  std::vector<std::string> names;
  for (const Command& command : kCommands) {
    if (args[0] == command.name) return command.run({args.begin() + 1, args.end()});
    names.emplace_back(command.name);
  }
  throw InputError("zipml: unknown command \"" + args[0] + "\"" + did_you_mean(args[0], names) +
                   "; allowed: " + join(names));
}

// Standard output may be a full disk; what was not written must not pass for done.
int flushed(int code) {
  std::cout.flush();
  if (std::cout) return code;
  std::cerr << "zipml: standard output cannot be written\n";
  return kFailed;
}

int guarded(const std::vector<std::string>& args) {
  try {
    return flushed(dispatch(args));
  } catch (const InputError& error) {
    std::cerr << error.what() << "\n";
    return kWrongInput;
  } catch (const IoError& error) {
    std::cerr << error.what() << "\n";
    return kFailed;
  } catch (const std::bad_alloc&) {
    std::cerr << "zipml: not enough memory\n";
    return kFailed;
  } catch (const std::exception& error) {
    std::cerr << "internal error: " << error.what() << "\n";
    return kFailed;
  }
}

}  // namespace
}  // namespace zipml

int main(int argc, char** argv) {
#if defined(SIGXFSZ)
  // A limit on the size of files is then an error of write(), which has a message.
  std::signal(SIGXFSZ, SIG_IGN);
#endif
  return zipml::guarded({argv + 1, argv + argc});
}
