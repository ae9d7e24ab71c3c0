// SPDX-License-Identifier: Apache-2.0
#include "arch/adc_profile.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "configs/accelerator_loader.hpp"
#include "tests/support/workloads.hpp"

namespace sumline {
namespace {

/// counts[i] conversions of the sum lowest + i.
LayerProfile histogram(std::int32_t lowest, std::vector<std::uint64_t> counts) {
  LayerProfile profile;
  profile.name = "layer";
  profile.lowest_sum = lowest;
  profile.counts = std::move(counts);
  return profile;
}

}  // namespace

TEST_CASE("A saturating converter: what it clips, and the bits that clip nothing") {
  AdcConfig adc;
  adc.bits = 2;
  LayerProfile profile = histogram(0, {4, 0, 0, 3, 2, 1});  // 0 x4, 3 x3, 4 x2, 5 x1
  judge(profile, make_readout(adc, {0, 5}, 1), adc, 1);
  CHECK(profile.conversions == 10);
  CHECK(profile.smallest == 0);
  CHECK(profile.largest == 5);
  CHECK(profile.saturated == Approx(0.3));
  CHECK(profile.clipping_error == Approx((2 * 1 + 1 * 4) / 10.0));
  CHECK(profile.quantization_error == 0);
  CHECK(profile.on_threshold == 0);
  CHECK(profile.sqnr == Approx(10 * std::log10((3 * 9 + 2 * 16 + 25) / 6.0)));
  CHECK(profile.recommended.bits == 3);
  CHECK(profile.recommended.range == 5);
  CHECK(profile_csv({profile}).find("layer,10,0,5,0.3,0,0.6,0,") != std::string::npos);
  CHECK(histogram_csv({profile}) ==
        "layer,sum,conversions,read_as\nlayer,0,4,0\nlayer,3,3,3\nlayer,4,2,3\nlayer,5,1,3\n");
}

TEST_CASE("A staircase: quantisation, ties and a better range") {
  AdcConfig adc;
  adc.readout = ReadoutKind::staircase;
  adc.bits = 2;
  adc.full_scale = 6;  // levels -6, -2, 2, 6; thresholds -4, 0, 4
  LayerProfile profile = histogram(-4, {1, 0, 0, 0, 2, 0, 0, 0, 1});  // -4, 0 x2, 4
  judge(profile, make_readout(adc, {-4, 4}, 1), adc, 1);
  CHECK(profile.on_threshold == 1);
  CHECK(profile.saturated == 0);
  CHECK(profile.quantization_error == Approx(4));  // every sum is 2 away from its level
  CHECK(profile.sqnr == Approx(10 * std::log10(32.0 / 16)));
  CHECK(profile.read_as.front() == Approx(-2));
  CHECK(profile.recommended.range <= 4);

  adc.bits = 1;
  profile = histogram(-4, {5, 0, 0, 0, 0, 0, 0, 0, 5});
  judge(profile, make_readout(adc, {-4, 4}, 1), adc, 1);
  CHECK(profile.on_threshold == 0);
  CHECK(profile.quantization_error == Approx(4));
  CHECK(profile.recommended.bits == 1);  // two values: one bit over +-4 is exact
  CHECK(profile.recommended.range == 4);
}

TEST_CASE("Profiles of a network count every conversion") {
  const Workload workload = test::small_network(2);
  const Accelerator accelerator = load_accelerator("redpim", {{"adc.bits", "3"}});
  const Mapping mapping = map_network(workload, accelerator);
  const auto profiles = profile_converters(workload, accelerator, mapping, 0, 2);
  REQUIRE(profiles.size() == 3);
  for (const LayerProfile& profile : profiles) {
    CHECK(profile.conversions > 0);
    CHECK(profile.saturated > 0);
    CHECK(profile.recommended.bits > 3);
  }
  const auto exact = profile_converters(workload, load_accelerator("redpim"), mapping, 0, 2);
  for (const LayerProfile& profile : exact) CHECK(std::isinf(profile.sqnr));
}

}  // namespace sumline
