// SPDX-License-Identifier: Apache-2.0
#include "arch/counting.hpp"

#include "arch/network_graph.hpp"
#include "components/model/max_pool_model.hpp"

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

void count_job(LayerBook book, const LayerMapping& mapping, const BankPlacement& bank,
               const Accelerator& accelerator) {
  const BankTraffic traffic = bank_traffic(mapping, bank);
  book.add(Action::offset_add, offset_adds(mapping, bank, accelerator));
  book.add(Action::input_register_bit, traffic.input_bits);
  book.add(Action::output_register_bit, traffic.output_bits);
  book.add(Action::buffer_read_bit, traffic.input_bits);
  book.add(Action::bus_bit, traffic.input_bits + traffic.output_bits);
  book.add(Action::router_bit, traffic.crosses_tiles ? traffic.input_bits + traffic.output_bits : 0);
  book.add(Action::accumulator_add, traffic.outputs);
}

void count_results(LayerBook book, const Layer& layer, const LayerMapping& mapping, const LutConfig& lut) {
  if (layer.requantize) {
    const std::uint64_t code_bits = layer.out.size() * layer.quantizer.format.bits;
    book.add(Action::lut_lookup, lut.mode == LutMode::direct ? layer.out.size() : code_bits);
    book.add(Action::tile_register_bit, code_bits);
  } else {
    book.add(Action::external_bit, layer.out.size() * mapping.accumulator_bits);
  }
}

void count_input_map(LayerBook book, const Workload& workload, const Mapping& mapping, std::size_t index) {
  const Layer& layer = workload.layers[index];
  const std::uint64_t map_bits = layer.in.size() * layer.activations.bits;
  book.add(Action::buffer_write_bit, map_bits);
  const std::int32_t source = producer(workload, index);
  if (source < 0) {
    book.add(Action::external_bit, workload.image.size() * workload.image_format.bits);
  } else if (mapping.layers[static_cast<std::size_t>(source)]->home_tile !=
             mapping.layers[index]->home_tile) {
    book.add(Action::router_bit, map_bits);
  }
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
      const LayerMapping& layer = *mapping.layers[pass.layer];
      const std::uint64_t positions = workload.layers[pass.layer].out.positions();
      for (std::size_t replica = 0; replica < pass.replicas.size(); ++replica) {
        const std::uint64_t jobs = (positions - replica + pass.replicas.size() - 1) / pass.replicas.size();
        for (const BankPlacement& bank : pass.replicas[replica].banks) {
          count_job(LayerBook(ledger, pass.layer, jobs * images), layer, bank, accelerator);
        }
      }
      if (!mapping.resident()) {
        ledger.add(pass.layer, Action::cell_write, pass.cells_written * images);
      }
    }
  }
  for (std::size_t index = 0; index < workload.layers.size(); ++index) {
    const Layer& layer = workload.layers[index];
    const LayerBook book(ledger, index, images);
    if (layer.has_weights()) {
      count_results(book, layer, *mapping.layers[index], accelerator.tile.lut);
      count_input_map(book, workload, mapping, index);
    } else {
      ledger.add(index, Action::pool_compare, pool_compares(layer) * images);
    }
  }
}

}  // namespace sumline
