// SPDX-License-Identifier: Apache-2.0
#include "traces/activity.hpp"

#include <fmt/format.h>

#include "energy/error.hpp"
#include "traces/atomic_file.hpp"
#include "traces/hdf5_writer.hpp"

namespace sumline {
namespace {

void write_layer(const hdf5::GroupWriter& group, const LayerActivity& layer) {
  const std::size_t planes = layer.ones.size();
  const std::size_t histograms = planes * layer.weight_slices;
  SUMLINE_ASSERT(histograms > 0 && layer.partial_sums.size() % histograms == 0,
                 layer.name + ": partial sums are not [planes, slices, sums]");
  group.attribute("name", std::string_view(layer.name));
  group.attribute("vectors", layer.vectors);
  group.attribute("rows", layer.rows);
  group.attribute("lowest_sum", layer.lowest_sum);
  std::vector<double> densities;
  const double digits = static_cast<double>(layer.vectors) * layer.rows;
  for (const std::uint64_t ones : layer.ones) densities.push_back(static_cast<double>(ones) / digits);
  group.dataset("density", {planes}, densities);
  group.dataset("ones", {planes}, layer.ones);
  group.dataset("partial_sums", {planes, layer.weight_slices, layer.partial_sums.size() / histograms},
                layer.partial_sums);
}

void write_layers(const hdf5::GroupWriter& root, const std::vector<LayerActivity>& layers) {
  root.attribute("format", std::string_view("sumline activity"));
  root.attribute("format_version", std::uint32_t{1});
  const hdf5::GroupWriter group = root.group("layers");
  group.attribute("count", static_cast<std::uint32_t>(layers.size()));
  for (std::size_t i = 0; i < layers.size(); ++i)
    write_layer(group.group(fmt::format("{:04}", i)), layers[i]);
}

}  // namespace

void write_activity(const std::vector<LayerActivity>& layers, const std::string& path) {
  hdf5::FileWriter file;
  write_layers(file.root(), layers);
  write_file(path, file.bytes());
}

}  // namespace sumline
