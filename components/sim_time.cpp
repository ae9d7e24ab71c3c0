// SPDX-License-Identifier: Apache-2.0
#include "components/sim_time.hpp"

#include "components/model/femtoseconds.hpp"

namespace sumline {

sc_core::sc_time to_sc_time(Second value) {
  return femtoseconds(to_femtoseconds(value));
}

}  // namespace sumline
