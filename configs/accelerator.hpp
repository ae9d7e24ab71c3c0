// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "energy/adc_laws.hpp"
#include "energy/units.hpp"

/// What a user may choose about an accelerator: one struct per table of configs/presets/accelerators/*.toml.
/// Nothing here has a default: members are zero until the loader, which demands each of them, fills them in.
namespace sumline {

/// Cost of one block. A preset gives any two of energy, power and rate (power = energy * rate).
struct BlockCost {
  Joule energy;      ///< of one action
  Hertz peak_rate;   ///< actions per second of one busy instance: what the peak power is computed from
  SquareMetre area;  ///< of one instance
  Watt leakage;      ///< of one instance, busy or not
  std::string source;
};

/// In which order the bitlines of an array stand.
enum class BitlineLayout : std::uint8_t {
  output_major,  ///< the slices of an output side by side: a read mixes slices
  /// One slice of all outputs of the array, then the next: a read of `ou.columns` bitlines is one slice of
  /// that many outputs, and every array holds whole outputs.
  slice_major,
};

struct ArrayConfig {
  std::uint32_t rows{};       ///< wordlines, 1..4096
  std::uint32_t columns{};    ///< bitlines that hold weights, 1..4096
  std::uint32_t cell_bits{};  ///< 1..4
  BitlineLayout layout{};
  Second read_time;    ///< of one OU read, bitlines settled
  Second write_time;   ///< of one row
  Joule write_energy;  ///< of one cell
  BlockCost cost;      ///< energy: of one cell activation; with adder trees of one cell product
};

/// Which OU reads a bank leaves out.
enum class Skipping : std::uint8_t {
  none,         ///< dense: every wordline group of every input bit-plane
  zero_groups,  ///< wordline groups whose digits are all zero in this bit-plane are not read
  compaction,   ///< groups are formed anew per bit-plane from the wordlines whose digit is not zero
};

struct OuConfig {
  std::uint32_t rows{};     ///< wordlines activated at once; array.rows need not be a multiple of it
  std::uint32_t columns{};  ///< bitlines read at once
  Skipping skipping = Skipping::none;
  /// No conversion for a bitline whose cells are all zero in the group; not with compaction or a unit column.
  bool skip_zero_columns = false;
};

struct DacConfig {
  std::uint32_t bits{};  ///< of the input consumed per cycle, 1..8; with signed cells of the whole input
  BlockCost cost;        ///< energy: of one wordline activation; instances: one per wordline
};

/// How the sum of a bitline becomes a number.
enum class ReadoutKind : std::uint8_t {
  saturating,  ///< a converter of `adc.bits` bits and step 1
  /// 2^bits levels evenly over -full_scale..full_scale, both ends included; its codes are mid-rise
  staircase,
  adder_tree,  ///< digital cells and an adder tree per bitline read: exact, within array.read_time
};

struct AdcConfig {
  ReadoutKind readout{};
  std::uint32_t bits{};  ///< saturating: 1..14; staircase: 1..8
  /// staircase: its outermost levels, in wordlines that are fully driven and meet full cells.
  std::uint32_t full_scale{};
  std::uint32_t per_array{};  ///< converters or adder trees that share an array's bitlines
  AdcCost cost;               ///< but adder_tree: scaling law and its anchor (energy/adc_laws.hpp)
  BlockCost adder_tree;       ///< adder_tree: energy of one sum, figures of one tree
};

enum class WeightMapping : std::uint8_t {
  offset,        ///< the unsigned code in one set of columns, the constant corrected with the sum of inputs
  differential,  ///< magnitudes of positive and of negative weights in separate columns
  signed_cells,  ///< a cell holds the signed weight and a wordline the signed input, in one digit each
};
enum class OffsetCorrection : std::uint8_t {
  digital,      ///< an adder sums the input codes
  unit_column,  ///< one further bitline per array, all cells 1, read by the ADC
};

struct WeightConfig {
  WeightMapping mapping{};
  /// Of the constant in every product; unused where nothing needs it.
  OffsetCorrection correction{};
  /// Store a column inverted where its cell sum exceeds half scale: halves the largest partial sum (ISAAC).
  bool flip{};
};

/// True where products carry a constant times the sum of the inputs, which has to be taken off.
inline bool needs_correction(const WeightConfig& weights) {
  return weights.mapping == WeightMapping::offset || weights.flip;
}
/// True where an adder sums the input codes: only then a bank has an offset-correction unit.
inline bool has_digital_correction(const WeightConfig& weights) {
  return needs_correction(weights) && weights.correction == OffsetCorrection::digital;
}
/// True where each array has one further bitline of cells 1.
inline bool has_unit_column(const WeightConfig& weights) {
  return needs_correction(weights) && weights.correction == OffsetCorrection::unit_column;
}

/// A block that serves one item per `time`.
struct ServiceConfig {
  std::uint32_t per_tile{};  ///< instances in a tile
  Second time;               ///< per item
  BlockCost cost;
};

enum class LutMode : std::uint8_t {
  threshold_search,  ///< binary search over 2^bits - 1 thresholds per channel: `bits` compares, exact
  direct,  ///< z truncated to `index_bits` bits addresses a table: one access, rounds near boundaries
};

struct LutConfig {
  LutMode mode{};
  std::uint32_t index_bits{};  ///< direct: bits of the table's address beyond which z is truncated, 2..16
  ServiceConfig service;       ///< energy and time of one access (compare or look-up)
};

struct BankConfig {
  std::uint32_t arrays{};        ///< crossbars that share one input and one output register
  std::uint32_t shift_adders{};  ///< instances per bank
  BlockCost shift_adder;         ///< energy: of one shift-and-add
  Second shift_add_time;         ///< last pipeline stage of an OU read
  BlockCost sample_and_hold;     ///< energy: of one bitline sample; instances: one per bitline
  BlockCost offset_correction;  ///< energy: of one input code added; built where weights.correction = digital
  BlockCost input_register;     ///< energy: of one bit in and out
  BlockCost output_register;    ///< energy: of one bit in and out
};

struct BufferConfig {
  std::uint64_t capacity_bits{};
  BlockCost read;      ///< energy: of one bit read; area and leakage of the buffer of a tile
  Joule write_energy;  ///< of one bit written
};

struct LinkConfig {
  std::uint32_t width_bits{};  ///< moved per cycle
  Second cycle;
  BlockCost
      cost;  ///< energy: of one bit; peak_rate: bits per second at the operating point of the peak figures
};

struct TileConfig {
  std::uint32_t banks{};
  BufferConfig buffer;
  LinkConfig bus;
  ServiceConfig accumulator;  ///< adds partial accumulators of row tiles, residuals and what is averaged
  std::optional<ServiceConfig> digital;  ///< multiplies and adds for exact layers; energy and time of one
  LutConfig lut;
  ServiceConfig max_pool;     ///< energy and time of one compare
  BlockCost output_register;  ///< energy: of one bit in and out
};

/// What a tile does that holds no weights of the network.
enum class IdleTiles : std::uint8_t {
  gated,    ///< switched off: it takes area and leaks nothing
  leaking,  ///< under power during the whole run
};

/// Products of the less significant bits by expectation from bit counts instead of in the array (PACiM).
struct ApproximationConfig {
  std::uint32_t operand{};  ///< most significant bits of weights and activations that the array multiplies
  bool dynamic{};           ///< fewer pairs of bits at output positions with small code sums
  std::array<double, 3> thresholds{};  ///< dynamic: ascending, on the code sum scaled to 576 rows
  bool segments{};                     ///< counts per row tile instead of per window
  std::uint32_t peak_pairs{};          ///< pairs of bits of the peak figures, 1..64
  ServiceConfig engine;  ///< PAC computation engine of a tile: time and energy of one scalar product
  BlockCost encoder;     ///< sparsity encoder of a tile; energy: of one activation bit counted
};

struct ChipConfig {
  std::uint32_t tiles{};
  IdleTiles idle_tiles{};
  LinkConfig router;  ///< between tiles
  std::uint32_t tiles_per_router{};
  LinkConfig external_link;  ///< images in, logits out
};

/// Order in which the layers of one image run.
enum class Schedule : std::uint8_t {
  layer_serial,     ///< a layer starts when the one before it has finished
  layer_pipelined,  ///< a position starts when its inputs are there; the next image follows into free layers
};

enum class Replication : std::uint8_t {
  none,
  balance,  ///< spare arrays go to the layers with the most positions per replica
};

/// How the rows of a weight matrix are cut into arrays.
enum class RowTiles : std::uint8_t {
  dense,           ///< all wordlines of every array but the last
  whole_channels,  ///< as many whole kernels (channels x kernel x kernel) as fit
};

struct MappingConfig {
  Schedule schedule{};
  Replication replication{};
  RowTiles row_tiles{};
};

/// Documented operating point for the peak figures (area, power and TOPS with every block busy).
struct PeakConfig {
  std::uint32_t input_bits{};
  std::uint32_t weight_bits{};
};

struct Accelerator {
  std::string name;
  std::string description;
  ArrayConfig array;
  OuConfig ou;
  DacConfig dac;
  AdcConfig adc;
  WeightConfig weights;
  BankConfig bank;
  TileConfig tile;
  ChipConfig chip;
  MappingConfig mapping;
  PeakConfig peak;
  std::optional<ApproximationConfig> approximation;  ///< empty: all products are formed in arrays
};

/// Why the approximation cannot work with the rest of the accelerator, as a rule that it breaks; empty where
/// it can, or where there is none.
std::string approximation_conflict(const Accelerator& accelerator);

}  // namespace sumline
