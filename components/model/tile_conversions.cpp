// SPDX-License-Identifier: Apache-2.0
#include "components/model/tile_conversions.hpp"

#include <algorithm>

#include "energy/error.hpp"

namespace sumline {
namespace {

ExactProduct product_of(const Layer& layer, RowRange rows) {
  std::vector<std::int16_t> values;
  values.reserve(std::size_t{layer.out.channels} * rows.size());
  for (std::size_t channel = 0; channel < layer.out.channels; ++channel) {
    for (std::uint32_t row = rows.begin; row < rows.end; ++row) {
      values.push_back(
          static_cast<std::int16_t>(layer.weights.value(layer.weight_codes[channel * layer.rows() + row])));
    }
  }
  return {IntegerMatrix(values, layer.out.channels, rows.size()), layer.activations};
}

}  // namespace

bool TileConversions::supports(const ArrayModel& array) {
  return array.readout().exact_up_to() < 0 && array.activations().digits == 1 &&
         array.activations().has_sign && array.ou().skipping == Skipping::none &&
         !array.ou().skip_zero_columns;
}

TileConversions::TileConversions(const Layer& layer, const ArrayModel& array)
    : layer_rows_(layer.rows()), readout_(array.readout()) {
  SUMLINE_ASSERT(supports(array), "an array that converts every sum");
  const RowRange tile = array.region().rows;
  for (std::uint32_t begin = tile.begin; begin < tile.end; begin += array.ou().rows) {
    const RowRange rows{begin, std::min(begin + array.ou().rows, tile.end)};
    groups_.push_back({rows, product_of(layer, rows)});
  }
}

std::uint64_t TileConversions::accumulate(std::span<const std::uint8_t> vectors, std::size_t count,
                                          std::span<std::int32_t> accumulators) const {
  std::uint64_t saturated = 0;
  std::vector<std::uint8_t> codes;
  std::vector<std::int32_t> sums(accumulators.size());
  for (const Group& group : groups_) {
    codes.resize(count * group.rows.size());
    for (std::size_t vector = 0; vector < count; ++vector) {
      std::copy_n(vectors.data() + vector * layer_rows_ + group.rows.begin, group.rows.size(),
                  codes.data() + vector * group.rows.size());
    }
    group.product.multiply(codes, count, sums);
    saturated += convert(sums, accumulators);
  }
  return saturated;
}

std::uint64_t TileConversions::convert(std::span<const std::int32_t> sums,
                                       std::span<std::int32_t> accumulators) const {
  const std::int32_t* zero = readout_.table().data() - readout_.lowest();
  for (std::size_t index = 0; index < sums.size(); ++index) {
    accumulators[index] += zero[sums[index]];
  }
  if (readout_.never_saturates()) {
    return 0;
  }
  return static_cast<std::uint64_t>(
      std::count_if(sums.begin(), sums.end(), [&](std::int32_t sum) { return readout_.saturates(sum); }));
}

}  // namespace sumline
