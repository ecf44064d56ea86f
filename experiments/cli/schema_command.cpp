#include <iostream>

#include "experiments/cli/command_list.h"
#include "experiments/config/schema.h"

namespace zipml {

OptionParser schema_options() {
  Manual manual;
  manual.command = "schema";
  manual.about = "print the JSON schema of a config";
  manual.description = {
      "Prints the JSON schema (draft 2020-12) that every config obeys. An editor that is told of it "
      "completes "
      "and checks a config while it is typed."};
  manual.files = {{"PREFIX/share/zipml/configs/schema.json", "this version's schema"}};
  manual.examples = {{"zipml schema > configs/schema.json", "Write the schema to a file"}};
  manual.see_also = {"validate", "list"};
  return OptionParser(std::move(manual));
}

int schema_command(const ParsedOptions&) {
  std::cout << config_schema();
  return 0;
}

}  // namespace zipml
