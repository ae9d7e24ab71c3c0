// SPDX-License-Identifier: Apache-2.0
#include "energy/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "energy/error.hpp"

namespace sumline {
namespace {

/// One spelling of a unit: value in SI = number * multiply / divide. Powers of ten up to 1e22 are exact in a
/// double, so "100 ns" is the double nearest to 100 / 1e9.
struct UnitName {
  std::string_view symbol;
  double multiply;
  double divide;
};

constexpr std::array<UnitName, 10> kPrefixes{{{"f", 1, 1e15},
                                              {"p", 1, 1e12},
                                              {"n", 1, 1e9},
                                              {"u", 1, 1e6},
                                              {"m", 1, 1e3},
                                              {"", 1, 1},
                                              {"k", 1e3, 1},
                                              {"M", 1e6, 1},
                                              {"G", 1e9, 1},
                                              {"T", 1e12, 1}}};
constexpr std::array<UnitName, 6> kAreas{
    {{"um^2", 1, 1e12}, {"um2", 1, 1e12}, {"mm^2", 1, 1e6}, {"mm2", 1, 1e6}, {"m^2", 1, 1}, {"m2", 1, 1}}};

/// @param base what follows the prefix, "" where the symbols are whole units.
std::optional<double> parse_value(std::string_view text, std::span<const UnitName> units,
                                  std::string_view base) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !std::isfinite(number) || std::signbit(number)) return std::nullopt;
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const std::size_t spaces = unit.find_first_not_of(' ');
  if (spaces == 0 || spaces == std::string_view::npos) return std::nullopt;
  unit.remove_prefix(spaces);
  if (!unit.ends_with(base)) return std::nullopt;
  unit.remove_suffix(base.size());
  for (const UnitName& known : units) {
    if (unit != known.symbol) continue;
    const double value = number * known.multiply / known.divide;
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

std::string print(double value, std::string_view base) {
  if (value == 0) return fmt::format("0 {}", base);
  std::size_t index = 0;
  const auto scaled = [&] { return value / kPrefixes[index].multiply * kPrefixes[index].divide; };
  while (index + 1 < kPrefixes.size() && std::abs(scaled()) >= 999.95) ++index;
  return fmt::format("{:.4g} {}{}", scaled(), kPrefixes[index].symbol, base);
}

std::string rule(std::string_view what, std::string_view example, std::string_view units) {
  return fmt::format("must be {} such as \"{}\": a number of 0 or more, a space and a unit ({})", what,
                     example, units);
}

}  // namespace

template <>
std::optional<Joule> try_parse<Joule>(std::string_view text) {
  const auto value = parse_value(text, kPrefixes, "J");
  return value ? std::optional(joules(*value)) : std::nullopt;
}
template <>
std::optional<Second> try_parse<Second>(std::string_view text) {
  const auto value = parse_value(text, kPrefixes, "s");
  return value ? std::optional(seconds(*value)) : std::nullopt;
}
template <>
std::optional<Watt> try_parse<Watt>(std::string_view text) {
  const auto value = parse_value(text, kPrefixes, "W");
  return value ? std::optional(watts(*value)) : std::nullopt;
}
template <>
std::optional<Hertz> try_parse<Hertz>(std::string_view text) {
  const auto value = parse_value(text, kPrefixes, "Hz");
  return value ? std::optional(hertz(*value)) : std::nullopt;
}
template <>
std::optional<SquareMetre> try_parse<SquareMetre>(std::string_view text) {
  const auto value = parse_value(text, kAreas, "");
  return value ? std::optional(square_metres(*value)) : std::nullopt;
}

template <>
std::string quantity_rule<Joule>() {
  return rule("an energy", "1.667 pJ", "fJ pJ nJ uJ mJ J");
}
template <>
std::string quantity_rule<Second>() {
  return rule("a time", "7.68 ns", "fs ps ns us ms s");
}
template <>
std::string quantity_rule<Watt>() {
  return rule("a power", "0.4 mW", "fW pW nW uW mW W kW");
}
template <>
std::string quantity_rule<SquareMetre>() {
  return rule("an area", "1200 um^2", "um^2 mm^2 m^2");
}
template <>
std::string quantity_rule<Hertz>() {
  return rule("a rate", "1.2 GHz", "Hz kHz MHz GHz THz");
}

void fail_parse(std::string_view text, const std::string& rule) {
  throw Error(fmt::format("\"{}\": {}", text, rule));
}

std::string to_text(Joule value) {
  return print(value.value(), "J");
}
std::string to_text(Second value) {
  return print(value.value(), "s");
}
std::string to_text(Watt value) {
  return print(value.value(), "W");
}
std::string to_text(Hertz value) {
  return print(value.value(), "Hz");
}
std::string to_text(SquareMetre value) {
  constexpr double kUm2 = 1e12;
  constexpr double kMm2 = 1e6;
  const bool small = std::abs(value.value()) < 0.01 / kMm2;
  return small ? fmt::format("{:.4g} um^2", value.value() * kUm2)
               : fmt::format("{:.4g} mm^2", value.value() * kMm2);
}

}  // namespace sumline
