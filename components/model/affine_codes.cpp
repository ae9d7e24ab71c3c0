// SPDX-License-Identifier: Apache-2.0
#include "components/model/affine_codes.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/affine_codes.cpp"
#include "components/model/simd_targets.hpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// One vector of elements. @return bit i: element i is doubtful
template <class D>
HWY_INLINE std::uint64_t convert(D d32, const std::int32_t* sums, const AffineBatch& batch, std::size_t index,
                                 std::uint8_t* codes) {
  const hn::Rebind<float, D> df;
  const hn::Rebind<std::uint8_t, D> d8;
  const auto sum = hn::ConvertTo(df, hn::LoadU(d32, sums + index));
  const auto value =
      hn::MulAdd(sum, hn::LoadU(df, batch.slope.data() + index), hn::LoadU(df, batch.start.data() + index));
  const auto clipped =
      hn::Min(hn::Max(value, hn::Set(df, 0.5F)), hn::Set(df, static_cast<float>(batch.top) + 0.5F));
  hn::StoreU(hn::DemoteTo(d8, hn::ConvertTo(d32, clipped)), d8, codes + index);
  const auto distance = hn::Abs(hn::Sub(clipped, hn::Round(clipped)));
  const auto beyond = hn::Gt(hn::Abs(sum), hn::Set(df, 0.99F * static_cast<float>(batch.largest)));
  std::uint8_t mask[8] = {};
  hn::StoreMaskBits(df, hn::Or(beyond, hn::Lt(distance, hn::LoadU(df, batch.doubt.data() + index))), mask);
  std::uint64_t bits = 0;
  std::copy_n(mask, 8, reinterpret_cast<std::uint8_t*>(&bits));
  return bits & ((std::uint64_t{1} << hn::Lanes(d32)) - 1);
}

std::size_t convert_all(const std::int32_t* sums, std::size_t size, const AffineBatch& batch,
                        std::uint8_t* codes, std::uint32_t* doubtful) {
  const hn::CappedTag<std::int32_t, 16> d32;
  const hn::CappedTag<std::int32_t, 1> d1;
  std::size_t found = 0;
  const auto note = [&](std::size_t index, std::uint64_t bits) {
    for (; bits != 0; bits &= bits - 1) {
      doubtful[found++] = static_cast<std::uint32_t>(index + hwy::Num0BitsBelowLS1Bit_Nonzero64(bits));
    }
  };
  std::size_t index = 0;
  for (; index + hn::Lanes(d32) <= size; index += hn::Lanes(d32)) {
    note(index, convert(d32, sums, batch, index, codes));
  }
  for (; index < size; ++index) {
    note(index, convert(d1, sums, batch, index, codes));
  }
  return found;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(convert_all);

std::size_t affine_codes(std::span<const std::int32_t> sums, const AffineBatch& batch,
                         std::span<std::uint8_t> codes, std::span<std::uint32_t> doubtful) {
  return HWY_DYNAMIC_DISPATCH(convert_all)(sums.data(), sums.size(), batch, codes.data(), doubtful.data());
}

}  // namespace sumline
#endif  // HWY_ONCE
