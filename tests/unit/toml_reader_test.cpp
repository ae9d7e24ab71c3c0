// SPDX-License-Identifier: Apache-2.0
#include "configs/toml_reader.hpp"

#include <catch2/catch.hpp>
#include <functional>

#include "configs/nearest_key.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

enum class Kind { convolution, linear };

/// What finish() says after `read` has read `text`.
std::string problems(const std::string& text, const std::function<void(const TomlTable&)>& read,
                     const std::vector<TomlOverride>& overrides = {}) {
  const TomlDocument document(text, "net.toml", overrides);
  read(document.root());
  try {
    document.finish();
  } catch (const Error& error) {
    return error.what();
  }
  return "no problem";
}

std::string construction_error(const std::string& text, const std::vector<TomlOverride>& overrides = {}) {
  try {
    const TomlDocument document(text, "net.toml", overrides);
  } catch (const Error& error) {
    return error.what();
  }
  return "no problem";
}

const std::string kNetwork = R"(name = "tiny"
bits = [5, 4]
tags = ["a", "b"]
rate = 0.1
whole = 3
save = true

[[layers]]
kind = "convolution"
channels = 6

[[layers]]
kind = "linear"
channels = 10
)";

void read_network(const TomlTable& root) {
  CHECK(root.text("name") == "tiny");
  CHECK(root.integers("bits", {1, 8}) == std::vector<std::uint64_t>{5, 4});
  CHECK(root.texts("tags") == std::vector<std::string>{"a", "b"});
  CHECK(root.number("rate", {0, 1}) == 0.1);
  CHECK(root.number("whole", {0, 10}) == 3);
  CHECK(root.boolean("save"));
  const std::vector<TomlTable> layers = root.tables("layers");
  REQUIRE(layers.size() == 2);
  CHECK(layers[0].choice<Kind>("kind", {{"convolution", Kind::convolution}, {"linear", Kind::linear}}) ==
        Kind::convolution);
  CHECK(layers[1].choice<Kind>("kind", {{"convolution", Kind::convolution}, {"linear", Kind::linear}}) ==
        Kind::linear);
  CHECK(layers[0].integer32("channels", {1, 100}) == 6);
  CHECK(layers[1].integer("channels", {1, 100}) == 10);
}

}  // namespace

TEST_CASE("a document that was read completely has no problem") {
  CHECK(problems(kNetwork, read_network) == "no problem");
}

TEST_CASE("keys nobody read are found at any depth") {
  CHECK(problems(kNetwork,
                 [](const TomlTable& root) {
                   root.text("name");
                   for (const TomlTable& layer : root.tables("layers")) layer.text("kind");
                 }) ==
        "net.toml:2:1: bits: unknown key; known keys: layers, name\n"
        "net.toml:3:1: tags: unknown key; known keys: layers, name\n"
        "net.toml:4:1: rate: unknown key; did you mean \"name\"?\n"
        "net.toml:5:1: whole: unknown key; known keys: layers, name\n"
        "net.toml:6:1: save: unknown key; did you mean \"name\"?\n"
        "net.toml:10:1: layers[0].channels: unknown key; known keys: kind\n"
        "net.toml:14:1: layers[1].channels: unknown key; known keys: kind");
}

TEST_CASE("an unknown table is one problem") {
  CHECK(problems("[lyers]\na = 1\nb = 2\n", [](const TomlTable& root) { root.has("layers"); }) ==
        "net.toml:1:2: lyers: unknown key; did you mean \"layers\"?");
}

TEST_CASE("wrong types name the value and the rule") {
  CHECK(problems(R"(a = "x"
b = 1.5
c = 1
d = 2
e = [1]
f = 7
g = "h"
)",
                 [](const TomlTable& root) {
                   root.integer("a", {1, 4});
                   root.integer("b", {1, 4});
                   root.text("c");
                   root.boolean("d");
                   root.number("e", {0, 1});
                   root.table("f");
                   root.tables("g");
                 }) ==
        "net.toml:1:5: a = \"x\": must be an integer 1..4\n"
        "net.toml:2:5: b = 1.5: must be an integer 1..4\n"
        "net.toml:3:5: c = 1: must be a text in quotes that is not empty\n"
        "net.toml:4:5: d = 2: must be true or false\n"
        "net.toml:5:5: e = an array: must be a number 0..1\n"
        "net.toml:6:5: f = 7: must be a table\n"
        "net.toml:7:5: g = \"h\": must be an array of tables, each headed [[g]]");
}

TEST_CASE("numbers out of range and not-a-number are refused") {
  CHECK(problems("a = -1\nb = 1.01\nc = nan\nd = inf\ne = \"\"\n",
                 [](const TomlTable& root) {
                   root.integer("a", {0, 4});
                   root.number("b", {0, 1});
                   root.number("c", {0, 1});
                   root.number("d", {0, 1});
                   root.text("e");
                 }) ==
        "net.toml:1:5: a = -1: must be an integer 0..4\n"
        "net.toml:2:5: b = 1.01: must be a number 0..1\n"
        "net.toml:3:5: c = nan: must be a number 0..1\n"
        "net.toml:4:5: d = inf: must be a number 0..1\n"
        "net.toml:5:5: e = \"\": must be a text in quotes that is not empty");
}

TEST_CASE("items of arrays are checked one by one") {
  CHECK(problems("bits = [4, 9, \"x\"]\ntags = [\"a\", 3]\nlayers = [5]\n",
                 [](const TomlTable& root) {
                   root.integers("bits", {1, 8});
                   root.texts("tags");
                   root.tables("layers");
                 }) ==
        "net.toml:1:12: bits[1] = 9: must be an array of integers 1..8\n"
        "net.toml:1:15: bits[2] = \"x\": must be an array of integers 1..8\n"
        "net.toml:2:14: tags[1] = 3: must be an array of texts in quotes\n"
        "net.toml:3:11: layers[0] = 5: must be an array of tables, each headed [[layers]]");
}

TEST_CASE("a missing key is reported at its table and a missing table once") {
  CHECK(problems("x = 1\n[train]\nepochs = 3\n",
                 [](const TomlTable& root) {
                   root.integer("x", {0, 9});
                   root.table("train").integer("epochs", {1, 9});
                   root.table("train").integer("batch", {1, 9});
                   const TomlTable data = root.table("data");
                   data.text("path");
                   data.table("augment").boolean("flip");
                   CHECK_FALSE(data.has("path"));
                   CHECK(data.keys().empty());
                 }) ==
        "net.toml:1:1: data: missing; it must be a table\n"
        "net.toml:2:1: train.batch: missing; it must be an integer 1..9");
}

TEST_CASE("overrides replace values, keep their type and may leave out quotes") {
  const auto read = [](const TomlTable& root) {
    CHECK(root.integer("whole", {0, 99}) == 42);
    CHECK(root.table("new").quantity<Second>("time") == parse<Second>("10 ns"));
    CHECK(root.text("name") == "other");
    CHECK(root.integers("bits", {1, 8}) == std::vector<std::uint64_t>{1, 2, 3});
    CHECK_FALSE(root.boolean("save"));
  };
  const TomlDocument document(
      kNetwork, "net.toml",
      {{"whole", "42"}, {"new.time", "10 ns"}, {"name", "other"}, {"bits", "[1, 2, 3]"}, {"save", "false"}});
  read(document.root());
  const TomlDocument resolved(document.text(), "resolved.toml");
  read(resolved.root());
}

TEST_CASE("problems with an override name the override") {
  CHECK(problems("rate = 0.5\n[train]\nepochs = 3\n",
                 [](const TomlTable& root) {
                   root.number("rate", {0, 1});
                   root.table("train").integer("epochs", {1, 9});
                 },
                 {{"rate", "7"}, {"train.epcohs", "4"}}) ==
        "--set rate=7: rate = 7: must be a number 0..1\n"
        "--set train.epcohs=4: train.epcohs: unknown key; did you mean \"epochs\"?");
}

TEST_CASE("overrides are split at the first equals sign") {
  const TomlOverride change = parse_override("a.b=c=d");
  CHECK(change.key == "a.b");
  CHECK(change.value == "c=d");
  CHECK_THROWS_WITH(parse_override("a.b"), "--set a.b: must be key=value, for example adc.bits=5");
  CHECK_THROWS_WITH(parse_override("=5"), "--set =5: must be key=value, for example adc.bits=5");
}

TEST_CASE("an override cannot go below a plain value or end with a dot") {
  CHECK(construction_error("rate = 1\n", {{"rate.x", "3"}}) ==
        "--set rate.x=3: rate is not a table: its keys cannot be set");
  CHECK(construction_error("rate = 1\n", {{"train.", "3"}}) ==
        "--set train.=3: a key must not end with a dot");
}

TEST_CASE("an override is one value and cannot smuggle in further keys") {
  const TomlDocument document("", "net.toml", {{"name", "\"x\"\nother = 3"}});
  CHECK(document.root().text("name") == "\"x\"\nother = 3");
  CHECK_FALSE(document.root().has("other"));
}

TEST_CASE("text that is no TOML is refused with its place") {
  CHECK(construction_error("a = 1\nb = = 2\n").rfind("net.toml:2:5: this is not TOML: ", 0) == 0);
  CHECK(construction_error("a = 1\na = 2\n").rfind("net.toml:2:", 0) == 0);
  CHECK(construction_error("a = 1979-05-27\n") ==
        "net.toml:1:5: a: dates and times are not used in configurations");
}

TEST_CASE("files that cannot be read are refused with the reason") {
  CHECK_THROWS_WITH(TomlDocument(std::filesystem::path("/nowhere/x.toml")),
                    "/nowhere/x.toml: cannot be read: No such file or directory");
  CHECK_THROWS_WITH(TomlDocument(std::filesystem::path("/tmp")), "/tmp: cannot be read: it is a folder");
}

TEST_CASE("the nearest key is suggested where one is near") {
  const std::set<std::string, std::less<>> known{"rows", "columns", "cell_bits"};
  CHECK(nearest_key("row", known) == "did you mean \"rows\"?");
  CHECK(nearest_key("collumns", known) == "did you mean \"columns\"?");
  CHECK(nearest_key("cellbits", known) == "did you mean \"cell_bits\"?");
  CHECK(nearest_key("temperature", known) == "known keys: cell_bits, columns, rows");
  CHECK(nearest_key("rows", {}) == "no key is known here");
}

}  // namespace sumline
