#include <iostream>

#include "experiments/cli/commands.h"
#include "experiments/cli/options.h"
#include "experiments/config/schema.h"

namespace zipml {

int schema_command(const std::vector<std::string>& args) {
  const OptionParser parser("schema", "Prints the JSON schema (draft 2020-12) of a config.",
                            "zipml schema > configs/schema.json");
  if (parser.parse(args)) std::cout << config_schema();
  return 0;
}

}  // namespace zipml
