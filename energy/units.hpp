// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/units/quantity.hpp>
#include <boost/units/systems/si.hpp>
#include <string>
#include <string_view>

/// The physical quantities of the project as types: double inside, SI base units, so that adding joules to seconds does not compile.
namespace sumline {

using Joule = boost::units::quantity<boost::units::si::energy>;
using Second = boost::units::quantity<boost::units::si::time>;
using Watt = boost::units::quantity<boost::units::si::power>;
using SquareMetre = boost::units::quantity<boost::units::si::area>;
using Hertz = boost::units::quantity<boost::units::si::frequency>;

inline Joule joules(double value) { return value * boost::units::si::joule; }
inline Second seconds(double value) { return value * boost::units::si::second; }
inline Watt watts(double value) { return value * boost::units::si::watt; }
inline SquareMetre square_metres(double value) { return value * boost::units::si::square_metre; }
inline Hertz hertz(double value) { return value * boost::units::si::hertz; }

/// Reads "1.667 pJ", "7.68 ns", "0.4 mW", "1200 um^2", "1.2 GHz": a number, a space, a unit with an SI prefix (f p n u m k M G T).
/// Areas take um^2, um2, mm^2, mm2, m^2. The number must be finite and not negative.
/// @throws Error saying what was found and which units are accepted.
template <class Quantity>
Quantity parse(std::string_view text);
template <> Joule parse<Joule>(std::string_view text);
template <> Second parse<Second>(std::string_view text);
template <> Watt parse<Watt>(std::string_view text);
template <> SquareMetre parse<SquareMetre>(std::string_view text);
template <> Hertz parse<Hertz>(std::string_view text);

/// For people: four significant digits and an SI prefix, "1.667 pJ"; areas in um^2 or mm^2.
std::string to_text(Joule value);
std::string to_text(Second value);
std::string to_text(Watt value);
std::string to_text(SquareMetre value);
std::string to_text(Hertz value);

}  // namespace sumline
