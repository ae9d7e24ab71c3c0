// SPDX-License-Identifier: Apache-2.0
#include "arch/activity.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

#include "arch/functional_engine.hpp"
#include "components/model/wordline_groups.hpp"

namespace sumline {
namespace {

/// Counts for one layer; called from several threads with the vectors they gathered.
class LayerMeter {
 public:
  LayerMeter(const Layer& layer, const LayerMapping& mapping, const Accelerator& accelerator)
      : arrays_(program_arrays(layer, mapping, accelerator)),
        rows_(layer.rows()),
        slices_(static_cast<std::uint32_t>(mapping.weights.slices.size())) {
    std::size_t sums = 0;
    for (const ArrayModel& array : arrays_) {
      sums = std::max(sums, array.readout().table().size());
      activity_.lowest_sum = std::min(activity_.lowest_sum, array.readout().lowest());
    }
    sums_ = sums;
    activity_.name = layer.name;
    activity_.rows = static_cast<std::uint32_t>(rows_);
    activity_.weight_slices = slices_;
    activity_.ones.resize(mapping.activations.digits);
    activity_.partial_sums.resize(mapping.activations.digits * slices_ * sums_);
  }

  void observe(std::span<const std::uint8_t> vectors, std::size_t count) {
    const std::lock_guard lock(mutex_);
    activity_.vectors += count;
    for (std::size_t vector = 0; vector < count; ++vector) {
      const auto codes = vectors.subspan(vector * rows_, rows_);
      for (const ArrayModel& array : arrays_) {
        const RowRange rows = array.region().rows;
        array.activations().split(codes.subspan(rows.begin, rows.size()), planes_);
        for (std::uint32_t digit = 0; digit < array.activations().digits; ++digit) {
          observe(array, digit);
        }
      }
    }
  }

  LayerActivity result() && { return std::move(activity_); }

 private:
  void observe(const ArrayModel& array, std::uint32_t digit) {
    array.active_wordlines(planes_, digit, active_);
    if (array.region().column_begin == 0) {  // one array stands for all on the same wordlines
      activity_.ones[digit] += count_ones(active_, {0, array.rows()});
    }
    wordline_groups(array.ou().skipping, array.ou().rows, active_, array.rows(), groups_);
    bitlines_.resize(array.columns());
    for (const RowRange& group : groups_) {
      const std::uint32_t driven = array.drive(planes_, digit, group, driven_);
      array.ou_sums(std::span(driven_).first(driven), 0, bitlines_);
      for (std::uint32_t column = 0; column < array.columns(); ++column) {
        const std::size_t slice = (array.region().column_begin + column) % slices_;
        const auto sum = static_cast<std::size_t>(bitlines_[column] - activity_.lowest_sum);
        ++activity_.partial_sums[(digit * slices_ + slice) * sums_ + sum];
      }
    }
  }

  const std::vector<ArrayModel> arrays_;
  const std::size_t rows_;
  const std::uint32_t slices_;
  std::size_t sums_ = 0;
  std::mutex mutex_;
  LayerActivity activity_;
  BitPlanes planes_;
  std::vector<std::uint64_t> active_;
  std::vector<RowRange> groups_;
  std::array<DrivenWordline, kMaxWordlines> driven_;
  std::vector<std::int32_t> bitlines_;
};

}  // namespace

std::vector<LayerActivity> measure_activity(const Workload& workload, const Accelerator& accelerator,
                                            const Mapping& mapping, std::uint64_t begin, std::uint64_t end) {
  std::vector<std::unique_ptr<LayerMeter>> meters(workload.layers.size());
  for (std::size_t index = 0; index < meters.size(); ++index) {
    if (mapping.layers[index]) {
      meters[index] =
          std::make_unique<LayerMeter>(workload.layers[index], *mapping.layers[index], accelerator);
    }
  }
  run_functional_engine(workload, accelerator, mapping, begin, end, {},
                        [&](std::size_t layer, std::span<const std::uint8_t> vectors, std::size_t count) {
                          meters[layer]->observe(vectors, count);
                        });
  std::vector<LayerActivity> activities;
  for (const auto& meter : meters) {
    if (meter) {
      activities.push_back(std::move(*meter).result());
    }
  }
  return activities;
}

}  // namespace sumline
