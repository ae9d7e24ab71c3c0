// SPDX-License-Identifier: Apache-2.0
#include "traces/workload_digest.hpp"

#include <algorithm>
#include <bit>

#include "traces/sha256.hpp"

namespace sumline {
namespace {

/// Little-endian numbers; texts and vectors with their length in front, so that no two workloads share a
/// stream.
class Serializer {
 public:
  template <class Number>
  void number(Number value) {
    if constexpr (std::endian::native == std::endian::big) {
      auto* bytes = reinterpret_cast<unsigned char*>(&value);
      std::reverse(bytes, bytes + sizeof value);
    }
    digest_.update(&value, sizeof value);
  }
  void text(const std::string& value) {
    number(std::uint64_t{value.size()});
    digest_.update(value.data(), value.size());
  }
  template <class Number>
  void numbers(const std::vector<Number>& values) {
    number(std::uint64_t{values.size()});
    if constexpr (sizeof(Number) == 1 || std::endian::native == std::endian::little)
      digest_.update(values.data(), values.size() * sizeof(Number));
    else
      for (const Number value : values) number(value);
  }
  void shape(const Shape& value) {
    for (const std::uint32_t extent : {value.channels, value.height, value.width}) number(extent);
  }
  void format(const CodeFormat& value) {
    number(static_cast<std::uint8_t>(value.encoding));
    number(value.bits);
  }
  std::string hex() { return digest_.hex(); }

 private:
  Sha256 digest_;
};

void layer(Serializer& out, const Layer& layer) {
  out.text(layer.name);
  out.number(static_cast<std::uint8_t>(layer.kind));
  out.number(layer.input);
  out.number(layer.residual);
  out.shape(layer.in);
  out.shape(layer.out);
  for (const std::uint32_t value : {layer.kernel, layer.stride, layer.padding}) out.number(value);
  out.numbers(layer.padding_codes);
  out.format(layer.activations);
  out.number(static_cast<std::uint8_t>(layer.exact));
  for (const std::uint32_t value : {layer.conversion.bits, layer.conversion.full_scale}) out.number(value);
  out.format(layer.weights);
  out.numbers(layer.weight_codes);
  for (const auto* factors : {&layer.scale, &layer.offset, &layer.sum_scale, &layer.residual_scale})
    out.numbers(*factors);
  out.number(static_cast<std::uint8_t>(layer.requantize));
  out.format(layer.quantizer.format);
  out.number(layer.quantizer.step);
  out.numbers(layer.quantizer.boundaries);
  out.numbers(layer.quantizer.thresholds);
}

}  // namespace

std::string content_sha256(const Workload& workload) {
  Serializer out;
  out.text("sumline workload 2");
  out.text(workload.network);
  out.shape(workload.image);
  out.format(workload.image_format);
  out.number(std::uint64_t{workload.layers.size()});
  for (const Layer& each : workload.layers) layer(out, each);
  out.numbers(workload.image_codes);
  out.numbers(workload.labels);
  return out.hex();
}

}  // namespace sumline
