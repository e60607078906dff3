package import Tensors

extension BackboneNetwork {
  /// Weights and shifts of the head, which `logits(ofFeatures:)` alone uses.
  package var headParameters: [Tensor] { parameters.filter { isOfHead($0.name) }.map(\.tensor) }

  /// Everything that is trained and that features depend on.
  package var bodyParameters: [Tensor] { parameters.filter { !isOfHead($0.name) }.map(\.tensor) }

  private func isOfHead(_ name: String) -> Bool { name.hasPrefix("\(backbone.head).") }
}
