// SPDX-License-Identifier: Apache-2.0
#include "arch/raster_progress.hpp"

#include <algorithm>

#include "energy/error.hpp"

namespace sumline {

void RasterProgress::finish(std::uint64_t step) {
  SUMLINE_ASSERT(step >= complete_, "a step finished twice");
  ahead_.resize(std::max<std::size_t>(ahead_.size(), step - complete_ + 1), false);
  ahead_[step - complete_] = true;
  if (!ahead_.front()) {
    return;
  }
  for (; !ahead_.empty() && ahead_.front(); ahead_.pop_front()) {
    ++complete_;
  }
  advanced_.notify(sc_core::SC_ZERO_TIME);
}

void RasterProgress::wait_for(std::uint64_t count) {
  while (complete_ < count) {
    sc_core::wait(advanced_);
  }
}

}  // namespace sumline
