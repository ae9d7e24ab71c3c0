// SPDX-License-Identifier: Apache-2.0
#pragma once

// The only way for a test to see Torch and Catch2: Torch's logging defines CHECK as well, and the last
// definition wins.
#include <torch/types.h>

#undef CHECK
#include <catch2/catch.hpp>
