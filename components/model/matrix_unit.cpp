// SPDX-License-Identifier: Apache-2.0
#include "components/model/matrix_unit.hpp"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sumline {
namespace {

bool processor_has_it() {
  constexpr unsigned kTiles = 1U << 24, kBytes = 1U << 25;  // of EDX
  constexpr unsigned kBitMatrix = 1U << 8;                  // of ECX: GFNI
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & kTiles) != 0 && (edx & kBytes) != 0 &&
         (ecx & kBitMatrix) != 0;
}

/// Source: the kernel's Documentation/arch/x86/xstate.rst.
bool system_grants_it() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

/// The operand of LDTILECFG.
struct alignas(64) TileConfiguration {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfiguration) == 64);

}  // namespace

bool has_matrix_unit() {
  static const bool has = processor_has_it() && system_grants_it();
  return has;
}

MatrixSession::MatrixSession() {
  const TileConfiguration full;
  asm volatile("ldtilecfg %0" : : "m"(full));
}

MatrixSession::~MatrixSession() {
  asm volatile("tilerelease");
}

}  // namespace sumline

#else

namespace sumline {

bool has_matrix_unit() {
  return false;
}
MatrixSession::MatrixSession() = default;
MatrixSession::~MatrixSession() = default;

}  // namespace sumline

#endif
