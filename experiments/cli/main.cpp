#include <csignal>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "experiments/cli/commands.h"
#include "experiments/cli/completion.h"
#include "experiments/cli/help.h"
#include "experiments/config/nearest.h"

namespace zipml {
namespace {

constexpr int kFailed = 1, kWrongInput = 2;

int dispatch(const std::vector<std::string>& args) {
  if (args.empty()) {
    std::cerr << usage_text();
    return kWrongInput;
  }
  const std::vector<std::string> rest(args.begin() + 1, args.end());
  if (args[0] == "--help" || args[0] == "-h") {
    print_program_help();
    return 0;
  }
  if (args[0] == "--version") {
    std::cout << "zipml " << ZIPML_VERSION << "\n";
    return 0;
  }
  if (args[0] == "--complete") {  // asked by the script of bash_completion()
    std::cout << completions(rest);
    return 0;
  }
  const Command* command = find_command(args[0]);
  if (command == nullptr) {
    throw InputError("zipml: unknown command \"" + args[0] + "\"" + did_you_mean(args[0], command_names()) +
                     "; allowed: " + join(command_names()));
  }
  const OptionParser parser = command->options();
  if (const std::optional<ParsedOptions> parsed = parser.parse(rest)) return command->run(*parsed);
  print_help(parser);
  return 0;
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
