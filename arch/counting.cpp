// SPDX-License-Identifier: Apache-2.0
#include "arch/counting.hpp"

#include "arch/layer_homes.hpp"
#include "components/model/pool_model.hpp"

namespace sumline {
namespace {

/// Adds `times` of every action to one layer.
class LayerBook {
 public:
  LayerBook(ActionLedger& ledger, std::size_t layer, std::uint64_t times)
      : ledger_(ledger), layer_(layer), times_(times) {}
  void add(Action action, std::uint64_t count) { ledger_.add(layer_, action, count * times_); }

 private:
  ActionLedger& ledger_;
  std::size_t layer_;
  std::uint64_t times_;
};

void count_job(LayerBook book, const BankTraffic& traffic, std::uint64_t offset_adds) {
  book.add(Action::offset_add, offset_adds);
  book.add(Action::input_register_bit, traffic.input_bits);
  book.add(Action::output_register_bit, traffic.output_bits);
  book.add(Action::buffer_read_bit, traffic.input_bits);
  book.add(Action::bus_bit, traffic.input_bits + traffic.output_bits);
  book.add(Action::router_bit, traffic.crosses_tiles ? traffic.input_bits + traffic.output_bits : 0);
  book.add(Action::accumulator_add, traffic.outputs);
}

void count_jobs(ActionLedger& ledger, const Pass& pass, std::uint64_t positions,
                const Accelerator& accelerator, const Mapping& mapping, std::uint64_t images) {
  for (std::size_t replica = 0; replica < pass.replicas.size(); ++replica) {
    const std::uint64_t jobs = (positions - replica + pass.replicas.size() - 1) / pass.replicas.size();
    for (const BankPlacement& bank : pass.replicas[replica].banks) {
      count_job(LayerBook(ledger, pass.layer, jobs * images), bank_traffic(mapping, pass.layer, bank),
                offset_adds(*mapping.layers[pass.layer], bank, accelerator));
    }
  }
}

/// What comes out of the buffer of the home tile for one of its own units.
void count_fetch(LayerBook book, std::uint64_t bits) {
  book.add(Action::buffer_read_bit, bits);
  book.add(Action::bus_bit, bits);
}

/// What a layer does that has no arrays.
void count_units(LayerBook book, const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::convolution:
    case LayerKind::linear:
      count_fetch(book, layer.out.positions() * layer.rows() * layer.activations.bits);
      return book.add(Action::digital_mac, layer.macs());
    case LayerKind::average_pool:
      return book.add(Action::accumulator_add, layer.out.channels * window_cells(layer));
    case LayerKind::max_pool:
      return book.add(Action::pool_compare, pool_compares(layer));
  }
}

/// What enters z beside A.
void count_addends(LayerBook book, const Layer& layer, std::uint32_t residual_bits) {
  if (!layer.sum_scale.empty()) book.add(Action::accumulator_add, layer.out.positions() * layer.rows());
  if (layer.residual < 0) return;
  const std::uint64_t values =
      layer.kind == LayerKind::average_pool ? layer.out.channels * window_cells(layer) : layer.out.size();
  count_fetch(book, values * residual_bits);
  book.add(Action::accumulator_add, values);
}

/// @param last the layer yields the logits
void count_results(LayerBook book, const Layer& layer, bool last, std::uint32_t element_bits,
                   const LutConfig& lut) {
  const std::uint64_t bits = layer.out.size() * element_bits;
  if (last) return book.add(Action::external_bit, bits);
  book.add(Action::tile_register_bit, bits);
  if (layer.requantize) book.add(Action::lut_lookup, lut.mode == LutMode::direct ? layer.out.size() : bits);
}

/// The copy of a map that a layer reads from the buffer of its home tile. @param source of the map
void count_copy(LayerBook book, const Mapping& mapping, std::int32_t source, std::size_t reader,
                std::uint64_t bits) {
  book.add(Action::buffer_write_bit, bits);
  if (source >= 0 && mapping.homes[static_cast<std::size_t>(source)].tile != mapping.homes[reader].tile) {
    book.add(Action::router_bit, bits);
  }
}

void count_layer(LayerBook book, const Workload& workload, std::size_t index, const Accelerator& accelerator,
                 const Mapping& mapping) {
  const Layer& layer = workload.layers[index];
  if (!mapping.layers[index]) count_units(book, layer);
  if (layer.input < 0) book.add(Action::external_bit, workload.image.size() * workload.image_format.bits);
  if (layer.has_weights()) {
    count_copy(book, mapping, layer.input, index,
               source_shape(workload, layer).positions() * input_pixel_bits(workload, mapping, index));
    const bool approximated = mapping.layers[index] && mapping.layers[index]->rule;
    book.add(Action::encoder_bit, approximated ? layer.in.size() * layer.activations.bits : 0);
  }
  if (layer.residual >= 0) {
    count_copy(book, mapping, layer.residual, index, residual_bits(workload, mapping, index));
  }
  if (pools_codes(workload, layer)) return;
  count_addends(book, layer, layer.residual < 0 ? 0 : element_bits(workload, mapping, layer.residual));
  count_results(book, layer, index + 1 == workload.layers.size(),
                element_bits(workload, mapping, static_cast<std::int32_t>(index)), accelerator.tile.lut);
}

}  // namespace

std::uint64_t offset_adds(const LayerMapping& mapping, const BankPlacement& bank,
                          const Accelerator& accelerator) {
  const bool corrects = mapping.weights.constant != 0 || accelerator.weights.flip;
  std::uint64_t rows = 0;
  if (corrects && accelerator.weights.correction == OffsetCorrection::digital) {
    for (const std::uint32_t index : bank.arrays) {
      rows += mapping.regions[index].rows.size();
    }
  }
  return rows;
}

void count_traffic(ActionLedger& ledger, const Workload& workload, const Accelerator& accelerator,
                   const Mapping& mapping, std::uint64_t images) {
  for (const Phase& phase : mapping.phases) {
    for (const Pass& pass : phase.passes) {
      const Layer& layer = workload.layers[pass.layer];
      count_jobs(ledger, pass, layer.out.positions(), accelerator, mapping, images);
      count_fetch(LayerBook(ledger, pass.layer, layer.out.positions() * images),
                  window_count_bits(layer, *mapping.layers[pass.layer], pass));
      if (!mapping.resident()) {
        ledger.add(pass.layer, Action::cell_write, pass.cells_written * images);
      }
    }
  }
  for (std::size_t index = 0; index < workload.layers.size(); ++index) {
    count_layer(LayerBook(ledger, index, images), workload, index, accelerator, mapping);
  }
}

}  // namespace sumline
