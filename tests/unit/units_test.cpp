// SPDX-License-Identifier: Apache-2.0
#include "energy/units.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "energy/error.hpp"

namespace sumline {
namespace {

struct PrefixCase {
  std::string prefix;
  double factor;
};
const std::vector<PrefixCase> kPrefixes{{"f", 1e-15}, {"p", 1e-12}, {"n", 1e-9}, {"u", 1e-6}, {"m", 1e-3},
                                        {"", 1},      {"k", 1e3},   {"M", 1e6},  {"G", 1e9},  {"T", 1e12}};

template <class Quantity>
void check_prefixes(const std::string& base) {
  for (const auto& [prefix, factor] : kPrefixes) {
    const std::string text = "1.625 " + prefix + base;
    CAPTURE(text);
    CHECK(parse<Quantity>(text).value() == Approx(1.625 * factor).epsilon(1e-15));
  }
}

template <class Quantity>
std::string message(const std::string& text) {
  try {
    parse<Quantity>(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("every prefix of every unit is read") {
  check_prefixes<Joule>("J");
  check_prefixes<Second>("s");
  check_prefixes<Watt>("W");
  check_prefixes<Hertz>("Hz");
}

TEST_CASE("areas are read with and without a caret") {
  CHECK(parse<SquareMetre>("1200 um^2").value() == 1200 / 1e12);
  CHECK(parse<SquareMetre>("1200 um2").value() == 1200 / 1e12);
  CHECK(parse<SquareMetre>("0.083 mm^2").value() == 0.083 / 1e6);
  CHECK(parse<SquareMetre>("0.083 mm2").value() == 0.083 / 1e6);
  CHECK(parse<SquareMetre>("2 m^2").value() == 2);
  CHECK(parse<SquareMetre>("2 m2").value() == 2);
}

TEST_CASE("a decimal quantity is the nearest double where its number is exact") {
  CHECK(parse<Second>("100 ns").value() == 100e-9);
  CHECK(parse<Second>("1e2 ns").value() == 100e-9);
  CHECK(parse<Hertz>("1 GHz").value() == 1e9);
  CHECK(parse<Watt>("0 W").value() == 0);
}

TEST_CASE("texts that are no quantity are refused") {
  for (const std::string text : {"",      "pJ",    "1.5",    "1.5pJ",   "1.5 pW", "1.5 pj",  "1.5 xJ",
                                 "-1 pJ", "-0 pJ", "+1 pJ",  "nan pJ",  "inf pJ", "1e400 J", "1e300 TJ",
                                 " 1 pJ", "1 pJ ", "1,5 pJ", "1.5 p J", "0x10 J", "1.5\tpJ"}) {
    CAPTURE(text);
    CHECK_FALSE(try_parse<Joule>(text).has_value());
  }
  CHECK_FALSE(try_parse<SquareMetre>("3 nm^3").has_value());
  CHECK_FALSE(try_parse<SquareMetre>("3 um").has_value());
}

TEST_CASE("the message for a bad quantity says what was found and what is accepted") {
  CHECK(message<Joule>("1.5 pW") ==
        "\"1.5 pW\": must be an energy such as \"1.667 pJ\": a number of 0 or more, a space and a unit (fJ "
        "pJ nJ uJ mJ J)");
  CHECK(message<Second>("7.68ns") ==
        "\"7.68ns\": must be a time such as \"7.68 ns\": a number of 0 or more, a space and a unit (fs ps ns "
        "us ms s)");
  CHECK(message<SquareMetre>("5 um") ==
        "\"5 um\": must be an area such as \"1200 um^2\": a number of 0 or more, a space and a unit (um^2 "
        "mm^2 m^2)");
}

TEST_CASE("quantities are printed with four digits and the prefix that fits") {
  CHECK(to_text(joules(1.66666667e-12)) == "1.667 pJ");
  CHECK(to_text(joules(0)) == "0 J");
  CHECK(to_text(joules(2.5e-18)) == "0.0025 fJ");
  CHECK(to_text(seconds(999.96e-12)) == "1 ns");
  CHECK(to_text(seconds(999.94e-12)) == "999.9 ps");
  CHECK(to_text(watts(65.808)) == "65.81 W");
  CHECK(to_text(hertz(1.2e9)) == "1.2 GHz");
  CHECK(to_text(square_metres(1200e-12)) == "1200 um^2");
  CHECK(to_text(square_metres(85.42e-6)) == "85.42 mm^2");
}

TEST_CASE("what is printed is read back to four digits over all decades") {
  for (int step = -150; step <= 140; ++step) {
    const double value = 1.2345 * std::pow(10.0, step / 10.0);
    CAPTURE(value);
    CHECK(parse<Joule>(to_text(joules(value))).value() == Approx(value).epsilon(6e-4));
    CHECK(parse<Hertz>(to_text(hertz(value))).value() == Approx(value).epsilon(6e-4));
  }
}

}  // namespace sumline
