// SPDX-License-Identifier: Apache-2.0
#include "components/model/readout.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace sumline {

TEST_CASE("A saturating converter of every resolution is the identity up to its top code") {
  for (std::uint32_t bits = 1; bits <= 14; ++bits) {
    const std::int32_t top = (1 << bits) - 1;
    for (const std::uint32_t max_sum : {0U, 1U, 48U, 384U, 20000U}) {
      const Readout readout = Readout::saturating(bits, max_sum);
      CHECK(readout.table().size() == max_sum + 1);
      CHECK(readout.exact_up_to() == std::min(max_sum, static_cast<std::uint32_t>(top)));
      for (std::uint32_t sum = 0; sum <= max_sum; ++sum) {
        REQUIRE(readout(sum) == std::min(static_cast<std::int32_t>(sum), top));
      }
    }
  }
}

}  // namespace sumline
