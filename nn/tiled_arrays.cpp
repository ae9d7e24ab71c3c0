// SPDX-License-Identifier: Apache-2.0
#include "nn/tiled_arrays.hpp"

#include "energy/error.hpp"

namespace sumline {

at::Tensor encode_tensor(const at::Tensor& values, Resolution resolution) {
  const at::Tensor in = values.contiguous();
  at::Tensor digits = at::empty(in.sizes(), at::kByte);
  if (!encode_operands(in.data_ptr<float>(), digits.data_ptr<std::uint8_t>(),
                       static_cast<std::size_t>(in.numel()), resolution)) {
    throw Error(
        "an operand of 2 bits or more lies outside -1..1: put a hardtanh layer before, or use 1 or 1.5 bits");
  }
  return digits;
}

SumTable TiledArrays::slope() const {
  SumTable table{max_sum_, {}};
  for (std::int32_t sum = -max_sum_; sum <= max_sum_; ++sum) {
    const double rows = static_cast<double>(sum) / denominator_;
    table.values.push_back(static_cast<float>(layer_.converter.slope_at(rows)));
  }
  return table;
}

}  // namespace sumline
