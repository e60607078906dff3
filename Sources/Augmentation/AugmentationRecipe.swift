package import Imaging
package import Records

/// An operation and how often it is applied.
package struct AugmentationStep: Codable, Hashable, Sendable {
  /// Share of pictures, from 0 to 1.
  package var probability: Double
  package var operation: AugmentationOperation

  package init(_ probability: Double, _ operation: AugmentationOperation) {
    self.probability = probability
    self.operation = operation
  }
}

/// Steps that a training picture goes through in order, each with its probability; never sees a label.
package struct AugmentationRecipe: Codable, Hashable, Sendable {
  /// Probability, from 0 to 1, that any step is tried at all.
  package var probability: Double
  package var steps: [AugmentationStep]

  package init(probability: Double = 1, steps: [AugmentationStep]) {
    self.probability = probability
    self.steps = steps
  }

  /// A pure function of the recipe, the picture and the generator's state.
  ///
  /// - Throws: ``ImagingError`` when a library fails or is missing, or a range of the recipe is not usable.
  package func apply(to image: Image, random: inout KeyedRandom) throws(ImagingError) -> AugmentedImage {
    var result = AugmentedImage(image: image, applied: [])
    guard random.chance(probability) else { return result }
    for step in steps where random.chance(step.probability) {
      result.image = try step.operation.apply(to: result.image, random: &random, applied: &result.applied)
    }
    return result
  }
}

/// A picture and what was done to it.
package struct AugmentedImage: Hashable, Sendable {
  package var image: Image
  /// The operations in order, with the numbers that were drawn: `jpeg quality=73`.
  package var applied: [String]

  package init(image: Image, applied: [String]) {
    self.image = image
    self.applied = applied
  }
}
