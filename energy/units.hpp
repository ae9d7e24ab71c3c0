// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/units/quantity.hpp>
#include <boost/units/systems/si.hpp>
#include <optional>
#include <string>
#include <string_view>

/// The physical quantities of the project as types: double inside, SI base units, so that adding joules to seconds does not compile.
namespace sumline {

using Joule = boost::units::quantity<boost::units::si::energy>;
using Second = boost::units::quantity<boost::units::si::time>;
using Watt = boost::units::quantity<boost::units::si::power>;
using SquareMetre = boost::units::quantity<boost::units::si::area>;
using Hertz = boost::units::quantity<boost::units::si::frequency>;

inline Joule joules(double value) {
  return value * boost::units::si::joule;
}
inline Second seconds(double value) {
  return value * boost::units::si::second;
}
inline Watt watts(double value) {
  return value * boost::units::si::watt;
}
inline SquareMetre square_metres(double value) {
  return value * boost::units::si::square_metre;
}
inline Hertz hertz(double value) {
  return value * boost::units::si::hertz;
}

/// Reads "1.667 pJ", "7.68 ns", "0.4 mW", "1200 um^2", "1.2 GHz": a number, a space, a unit with an SI prefix (f p n u m k M G T).
/// Areas take um^2, um2, mm^2, mm2, m^2, m2. The number must be finite and not negative.
/// @return nothing where `text` is not such a quantity.
template <class Quantity>
std::optional<Quantity> try_parse(std::string_view text);
template <>
std::optional<Joule> try_parse<Joule>(std::string_view text);
template <>
std::optional<Second> try_parse<Second>(std::string_view text);
template <>
std::optional<Watt> try_parse<Watt>(std::string_view text);
template <>
std::optional<SquareMetre> try_parse<SquareMetre>(std::string_view text);
template <>
std::optional<Hertz> try_parse<Hertz>(std::string_view text);

/// The rule for a message, e.g. `must be an energy such as "1.667 pJ": a number of 0 or more, a space, a unit`.
template <class Quantity>
std::string quantity_rule();
template <>
std::string quantity_rule<Joule>();
template <>
std::string quantity_rule<Second>();
template <>
std::string quantity_rule<Watt>();
template <>
std::string quantity_rule<SquareMetre>();
template <>
std::string quantity_rule<Hertz>();

[[noreturn]] void fail_parse(std::string_view text, const std::string& rule);

/// As try_parse. @throws Error saying what was found and which units are accepted.
template <class Quantity>
Quantity parse(std::string_view text) {
  const std::optional<Quantity> value = try_parse<Quantity>(text);
  if (!value) fail_parse(text, quantity_rule<Quantity>());
  return *value;
}

/// For people: four significant digits and an SI prefix, "1.667 pJ"; areas in um^2 or mm^2.
std::string to_text(Joule value);
std::string to_text(Second value);
std::string to_text(Watt value);
std::string to_text(SquareMetre value);
std::string to_text(Hertz value);

}  // namespace sumline
