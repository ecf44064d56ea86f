#include "experiments/report/html_writer.h"

#include <catch2/catch.hpp>
#include <span>
#include <stdexcept>
#include <string>

namespace zipml {
namespace {

TEST_CASE("markup characters are escaped and whole characters kept") {
  REQUIRE(escape_html("a<b>&\"c'") == "a&lt;b&gt;&amp;&quot;c&#39;");
  REQUIRE(escape_html("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80") == "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80");
  REQUIRE(escape_html("line\n\ttab") == "line\n\ttab");
}

TEST_CASE("what is no text becomes the replacement character") {
  const std::string replaced = "\xEF\xBF\xBD";
  REQUIRE(escape_html(std::string_view("a\0b", 3)) == "a" + replaced + "b");
  REQUIRE(escape_html("\x7F\x1B") == replaced + replaced);
  REQUIRE(escape_html("\xFF") == replaced);
  // Overlong '<', a surrogate, beyond the last code point, cut short.
  REQUIRE(escape_html("\xC0\xBC") == replaced + replaced);
  REQUIRE(escape_html("\xED\xA0\x80") == replaced + replaced + replaced);
  REQUIRE(escape_html("\xF4\x90\x80\x80") == replaced + replaced + replaced + replaced);
  REQUIRE(escape_html("\xE2\x82") == replaced + replaced);
  REQUIRE(escape_html("\xE2<") == replaced + "&lt;");
}

TEST_CASE("base64 is that of RFC 4648") {
  const auto encoded = [](const std::string& text) { return base64(std::as_bytes(std::span(text))); };
  REQUIRE(encoded("") == "");
  REQUIRE(encoded("f") == "Zg==");
  REQUIRE(encoded("fo") == "Zm8=");
  REQUIRE(encoded("foo") == "Zm9v");
  REQUIRE(encoded("foobar") == "Zm9vYmFy");
  REQUIRE(encoded("\xFF\xFE\xFD") == "//79");
}

TEST_CASE("elements are closed in order, and all of them") {
  HtmlWriter html;
  html.open("p", {{"title", "a\"b"}}).text("<").element("b", "x").close();
  REQUIRE(html.html() == "<p title=\"a&quot;b\">&lt;<b>x</b></p>\n");
  html.open("div");
  REQUIRE_THROWS_AS(html.html(), std::logic_error);
  html.close();
  REQUIRE_THROWS_AS(html.close(), std::logic_error);
}

}  // namespace
}  // namespace zipml
