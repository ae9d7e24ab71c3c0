// SPDX-License-Identifier: Apache-2.0
#include "components/vector_unit.hpp"

#include <algorithm>

namespace sumline {

BankOutputs::BankOutputs(std::span<const ArrayModel* const> arrays)
    : first(arrays.front()->first_output()), count(0) {
  std::uint32_t end = 0;
  for (const ArrayModel* array : arrays) {
    first = std::min(first, array->first_output());
    end = std::max(end, array->first_output() + array->outputs());
  }
  count = end - first;
}

}  // namespace sumline
