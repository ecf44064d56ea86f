#include "experiments/config/schema.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "experiments/config/json_reader.h"

using namespace zipml;

namespace {

void collect_references(const Json& node, std::set<std::string>& found) {
  if (node.is_structured()) {
    for (const auto& [key, value] : node.items()) {
      if (node.is_object() && key == "$ref") found.insert(value.get<std::string>());
      collect_references(value, found);
    }
  }
}

}  // namespace

TEST_CASE("the committed schema is the generated one", "[config][schema]") {
  std::ifstream in(ZIPML_SOURCE_DIR "/configs/schema.json", std::ios::binary);
  REQUIRE(in);
  const std::string committed{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  INFO("renew it with: zipml schema > configs/schema.json");
  // Not compared as strings in the assertion: a difference would print both schemas.
  const bool fresh = committed == config_schema();
  CHECK(fresh);
}

TEST_CASE("the schema refers only to what it defines, and knows the parts", "[config][schema]") {
  const Json schema = parse_json(config_schema(), "schema");
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  std::set<std::string> references;
  collect_references(schema, references);
  REQUIRE(references.size() >= 8);
  for (const std::string& reference : references) {
    INFO(reference);
    REQUIRE(reference.rfind("#/", 0) == 0);
    CHECK(schema.contains(Json::json_pointer(reference.substr(1))));
  }
  const Json& kinds = schema["$defs"]["estimators"]["anyOf"][0]["enum"];
  CHECK(std::find(kinds.begin(), kinds.end(), "double_sampling") != kinds.end());
  CHECK(schema["additionalProperties"] == false);
}
