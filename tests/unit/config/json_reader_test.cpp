#include "experiments/config/json_reader.h"

#include <catch2/catch.hpp>

#include "engine/core/error.h"

using namespace zipml;

namespace {

std::string error_of(const std::string& text) {
  try {
    parse_json(text, "a.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("valid JSON is read as it is", "[config][json]") {
  const Json json = parse_json(R"({"a": [1, -2, 3.5, true, null, "x\u00e9"], "b": {"c": {}}})", "a.json");
  CHECK(json.dump() == "{\"a\":[1,-2,3.5,true,null,\"x\u00e9\"],\"b\":{\"c\":{}}}");
  CHECK(parse_json("3", "a.json") == 3);
  CHECK(parse_json("{\"a\": 18446744073709551615}", "a.json")["a"].get<std::uint64_t>() == UINT64_MAX);
}

TEST_CASE("duplicate members are errors at every depth, all reported", "[config][json]") {
  CHECK(error_of(R"({"a": 1, "b": [{"x/y": 1, "x/y": {"deep": 2}}], "a": 2})") ==
        "a.json: /a: the member appears twice in its object\n"
        "a.json: /b/0/x~1y: the member appears twice in its object");
  CHECK(error_of(R"({"a": {"b": 1}, "c": {"b": 1}})") == "no error");
}

TEST_CASE("what is not JSON is reported with line and column", "[config][json]") {
  CHECK(error_of("{\n  \"a\": 1,\n}").rfind("a.json:3:1: not valid JSON: ", 0) == 0);
  CHECK(error_of("").rfind("a.json:1:1: not valid JSON: ", 0) == 0);
  CHECK(error_of("{\"a\": tru}").rfind("a.json:1:10: not valid JSON: ", 0) == 0);
  CHECK(error_of("{} x").rfind("a.json:1:4: not valid JSON: ", 0) == 0);
  CHECK(error_of("{\"a\": 1e400}").find("number overflow") != std::string::npos);
  CHECK(error_of("{\"a\": NaN}").rfind("a.json:1:", 0) == 0);
  CHECK(error_of("[\"\xff\"]").find("ill-formed UTF-8") != std::string::npos);
}

TEST_CASE("depth and length are limited", "[config][json]") {
  const std::string good = std::string(64, '[') + std::string(64, ']');
  CHECK(error_of(good) == "no error");
  CHECK(error_of("[" + good + "]") == "a.json: nested deeper than 64 levels");
  CHECK(error_of(std::string(1000000, '[')) == "a.json: nested deeper than 64 levels");
  CHECK(error_of(std::string(5000000, ' ')) == "a.json: 5000000 bytes; a config has at most 4194304");
}

TEST_CASE("JSON pointers are split and escaped", "[config][json]") {
  CHECK(pointer_tokens("/a/b~1c/~0/") == std::vector<std::string>{"a", "b/c", "~", ""});
  CHECK(child_pointer("/a", "b/c~d") == "/a/b~1c~0d");
  CHECK(child_pointer("", std::size_t{3}) == "/3");
  CHECK_THROWS_AS(pointer_tokens("a/b"), InputError);
  CHECK_THROWS_AS(pointer_tokens(""), InputError);
  CHECK_THROWS_AS(pointer_tokens("/a~2"), InputError);
  CHECK_THROWS_AS(pointer_tokens("/a~"), InputError);
}

TEST_CASE("values in messages stay short and printable", "[config][json]") {
  CHECK(brief("a\nb") == "\"a\\nb\"");
  CHECK(brief(Json{{"a", 1}}) == "{\"a\":1}");
  CHECK(brief(std::string(100000, 'x')).size() <= 60);
  CHECK(brief(Json(std::vector<int>(100, 1))) == "a list of 100 members");
  CHECK(brief(4.0) == "4.0");
}

TEST_CASE("files that cannot be read", "[config][json]") {
  CHECK_THROWS_WITH(read_text_file("no-such-file.json"), "no-such-file.json: no such file");
  CHECK_THROWS_WITH(read_text_file(ZIPML_SOURCE_DIR),
                    ZIPML_SOURCE_DIR ": is a directory; a config is a file");
}
