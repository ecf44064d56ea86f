#include "experiments/config/component_reader.h"

#include <catch2/catch.hpp>

#include "engine/core/error.h"

using namespace zipml;

namespace {

const ComponentFamily& wheels() {
  static const ComponentFamily family{"wheels",
                                      "what a cart runs on",
                                      {{"plain", "no parameters"},
                                       {"spoked",
                                        "with spokes",
                                        {{.key = "spokes",
                                          .type = ParameterType::integer,
                                          .doc = "how many",
                                          .fallback = std::int64_t{8},
                                          .min = 3,
                                          .max = 64},
                                         {.key = "wood",
                                          .type = ParameterType::text,
                                          .doc = "kind of wood",
                                          .fallback = std::string("oak"),
                                          .choices = {"oak", "ash"}}}}}};
  return family;
}

const ComponentFamily& carts() {
  static const ComponentFamily family{
      "carts",
      "things that carry",
      {{"cart",
        "one of everything",
        {{.key = "loaded", .type = ParameterType::boolean, .doc = "flag", .fallback = false},
         {.key = "load",
          .type = ParameterType::number,
          .doc = "kg",
          .fallback = std::int64_t{1},
          .min = 0,
          .choices = {"tune"},
          .above_min = true},
         {.key = "share", .type = ParameterType::number, .doc = "share", .fallback = 0.5, .min = 0, .max = 1},
         {.key = "owner", .type = ParameterType::text, .doc = "name", .optional = true},
         {.key = "stops",
          .type = ParameterType::integer_list,
          .doc = "list",
          .min = 0,
          .max = 9,
          .optional = true},
         {.key = "speeds", .type = ParameterType::number_list, .doc = "list", .min = 0, .optional = true},
         {.key = "wheels",
          .type = ParameterType::component,
          .doc = "part",
          .fallback = component_default(wheels(), "spoked", {{"spokes", std::int64_t{12}}}),
          .family = wheels}}},
       {"sledge",
        "needs a length",
        {{.key = "length", .type = ParameterType::integer, .doc = "m", .min = 1}}}}};
  return family;
}

std::string error_of(const std::string& text) {
  const Json json = parse_json(text, "f");
  ConfigErrors errors("f");
  const auto choice = read_component({json, "/x"}, carts(), errors);
  CHECK(choice.has_value() == (errors.count() == 0));
  try {
    errors.throw_if_any();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string canonical(const std::string& text) {
  const Json json = parse_json(text, "f");
  ConfigErrors errors("f");
  const auto choice = read_component({json, "/x"}, carts(), errors);
  errors.throw_if_any();
  return to_json(*choice).dump();
}

}  // namespace

TEST_CASE("defaults are filled in, also those of parts", "[config][component]") {
  const std::string expected =
      R"({"kind":"cart","load":1.0,"loaded":false,"share":0.5,"wheels":{"kind":"spoked","spokes":12,"wood":"oak"}})";
  CHECK(canonical(R"("cart")") == expected);
  CHECK(canonical(R"({"kind": "cart"})") == expected);
  CHECK(canonical(R"({"kind": "cart", "load": 1, "wheels": "spoked"})") == expected);
  CHECK(canonical(R"({"kind": "cart", "load": 1.0, "wheels": {"wood": "oak"}})") == expected);
  CHECK(canonical(R"({"wheels": {"kind": "plain"}, "kind": "cart"})").find(R"("wheels":{"kind":"plain"})") !=
        std::string::npos);
}

TEST_CASE("what is written out reads as the same choice", "[config][component]") {
  const std::string text = canonical(
      R"({"kind": "cart", "load": "tune", "share": 1e-3, "owner": "x", "stops": [1, 2], "speeds": [0.1, 5]})");
  CHECK(canonical(text) == text);
  CHECK(text.find(R"("speeds":[0.1,5.0])") != std::string::npos);
  CHECK(canonical(R"({"kind": "cart", "share": -0.0})") == canonical(R"({"kind": "cart", "share": 0})"));
}

TEST_CASE("wrong values are refused with what is allowed", "[config][component]") {
  const auto cart = [](const std::string& member) {
    return error_of("{\"kind\": \"cart\", " + member + "}");
  };
  CHECK(cart(R"("loaded": 1)") == "f: /x/loaded: found 1; allowed: true or false");
  CHECK(cart(R"("load": true)") == "f: /x/load: found true; allowed: a number above 0, or \"tune\"");
  CHECK(cart(R"("load": 0)") == "f: /x/load: found 0; allowed: a number above 0, or \"tune\"");
  CHECK(cart(R"("load": "tuen")") ==
        "f: /x/load: found \"tuen\"; did you mean \"tune\"?; allowed: a number above 0, or \"tune\"");
  CHECK(cart(R"("share": 1.5)") == "f: /x/share: found 1.5; allowed: a number in [0, 1]");
  CHECK(cart(R"("share": "0.5")") == "f: /x/share: found \"0.5\"; allowed: a number in [0, 1]");
  CHECK(cart(R"("share": null)") == "f: /x/share: found null; allowed: a number in [0, 1]");
  CHECK(cart(R"("owner": 3)") == "f: /x/owner: found 3; allowed: text");
  CHECK(cart(R"("owner": "a\u0000b")") == "f: /x/owner: found \"a\\u0000b\"; allowed: text");
  CHECK(cart(R"("stops": [1, 2.0])") ==
        "f: /x/stops: found [1,2.0]; allowed: a list of at least one integer, each in [0, 9]");
  CHECK(cart(R"("stops": [])") ==
        "f: /x/stops: found []; allowed: a list of at least one integer, each in [0, 9]");
  CHECK(cart(R"("speeds": [-1])") ==
        "f: /x/speeds: found [-1]; allowed: a list of at least one number, each of at least 0");
  CHECK(cart(R"("wheels": 4)") ==
        "f: /x/wheels: found 4; allowed: an object with \"kind\", or one of plain, spoked");
  CHECK(cart(R"("wheels": {"spokes": 4.7})") ==
        "f: /x/wheels/spokes: found 4.7; allowed: an integer in [3, 64]");
  CHECK(cart(R"("wheels": {"spokes": 4.0})") ==
        "f: /x/wheels/spokes: found 4.0; allowed: an integer in [3, 64]");
  CHECK(cart(R"("wheels": {"spokes": -1})") ==
        "f: /x/wheels/spokes: found -1; allowed: an integer in [3, 64]");
  CHECK(cart(R"("wheels": {"spokes": 18446744073709551615})") ==
        "f: /x/wheels/spokes: found 18446744073709551615; allowed: an integer in [3, 64]");
  CHECK(cart(R"("wheels": {"wood": "oack"})") ==
        "f: /x/wheels/wood: found \"oack\"; did you mean \"oak\"?; allowed: \"oak\", \"ash\"");
  CHECK(cart(R"("wheels": {"kind": "plain", "spokes": 4})") ==
        "f: /x/wheels/spokes: unknown member \"spokes\"; allowed: kind");
}

TEST_CASE("wrong kinds and missing or unknown members", "[config][component]") {
  CHECK(error_of(R"("crat")") ==
        "f: /x: unknown kind \"crat\"; did you mean \"cart\"?; allowed: cart, sledge");
  CHECK(error_of(R"({"kind": "zebra"})") == "f: /x/kind: unknown kind \"zebra\"; allowed: cart, sledge");
  CHECK(error_of(R"({"kind": 3})") == "f: /x/kind: found 3; allowed: cart, sledge");
  CHECK(error_of(R"({})") == "f: /x/kind: missing; allowed: cart, sledge");
  CHECK(error_of("[]") == "f: /x: found []; allowed: an object with \"kind\", or one of cart, sledge");
  CHECK(error_of(R"("sledge")") == "f: /x/length: missing; \"sledge\" needs it: an integer of at least 1");
  CHECK(error_of(R"({"kind": "sledge", "lenght": 3})") ==
        "f: /x/lenght: unknown member \"lenght\"; did you mean \"length\"?; allowed: length, kind\n"
        "f: /x/length: missing; \"sledge\" needs it: an integer of at least 1");
}

TEST_CASE("all errors are reported at once", "[config][component]") {
  CHECK(error_of(R"({"kind": "cart", "load": -1, "share": 2, "wheels": {"wood": 1, "spokes": 1}})") ==
        "f: /x/load: found -1; allowed: a number above 0, or \"tune\"\n"
        "f: /x/share: found 2; allowed: a number in [0, 1]\n"
        "f: /x/wheels/spokes: found 1; allowed: an integer in [3, 64]\n"
        "f: /x/wheels/wood: found 1; allowed: \"oak\", \"ash\"");
}
