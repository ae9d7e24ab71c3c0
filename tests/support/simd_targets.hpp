// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "hwy/targets.h"

namespace sumline::test {

/// Makes the kernels run on one instruction set while it lives.
class ForcedSimdTarget {
 public:
  explicit ForcedSimdTarget(std::int64_t target) { choose(target); }
  ~ForcedSimdTarget() { choose(0); }
  ForcedSimdTarget(const ForcedSimdTarget&) = delete;
  ForcedSimdTarget& operator=(const ForcedSimdTarget&) = delete;

 private:
  static void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);  // 0 = what the processor has
    hwy::GetChosenTarget().DeInit();
  }
};

/// Those of the kernels' instruction sets that this processor can run, best first.
inline std::vector<std::int64_t> simd_targets() {
  std::vector<std::int64_t> targets;
  for (const std::int64_t target : {std::int64_t{HWY_AVX3_DL}, std::int64_t{HWY_AVX2}}) {
    if (hwy::SupportedTargets() & target) {
      targets.push_back(target);
    }
  }
  targets.push_back(HWY_SCALAR);
  return targets;
}

}  // namespace sumline::test
