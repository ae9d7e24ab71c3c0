// SPDX-License-Identifier: Apache-2.0
#include "components/model/map_view.hpp"

namespace sumline {

MapValues MapValues::input(const Workload& workload, const Layer& layer) {
  return {CodeRounding(workload, layer), layer.activations};
}

MapValues MapValues::residual(const Workload& workload, const Layer& layer) {
  const bool codes = content_of(workload, layer.residual) == Content::codes;
  const CodeFormat format = codes ? format_of(workload, layer.residual) : CodeFormat{};
  return {CodeRounding(format, format), format};
}

MapValues::MapValues(const CodeRounding& rounding, const CodeFormat& format) {
  for (std::uint32_t code = 0; code < values_.size(); ++code) {
    values_[code] = format.value(rounding.code(static_cast<std::uint8_t>(code)));
  }
}

}  // namespace sumline
