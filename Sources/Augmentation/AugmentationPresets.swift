/// The recipes that a pipeline can name.
package enum AugmentationPresets {
  /// In the order they are listed to users.
  package static let names = recipes.map(\.name)

  /// The recipe of that name, or `nil`.
  package static func named(_ name: String) -> AugmentationRecipe? { recipes.first { $0.name == name }?.recipe }

  private static let recipes: [(name: String, recipe: AugmentationRecipe)] = [
    ("none", AugmentationRecipe(steps: [])),
    ("light", light),
    ("deepfakedefenders", deepfakeDefenders),
    ("selimsef", selimsef),
    ("supcon", supCon),
  ]

  /// Flips, mild compression, mild colour: a start when nothing is known.
  private static let light = AugmentationRecipe(steps: [
    AugmentationStep(0.5, .flip),
    AugmentationStep(0.3, .colour(brightness: 0.1, contrast: 0.1, saturation: 0.1, hueDegrees: 5)),
    AugmentationStep(0.3, .jpeg(quality: 70...100)),
  ])

  /// The published augmentation of FOCAL, by the authors of DeepFakeDefenders, who did not publish theirs.
  ///
  /// Differences: of the flips and quarter turns only the horizontal flip, because crops are upright wherever the model
  /// is used; motion blur, ISO noise, gamma, tone curve and the two elastic warps are left out.
  ///
  /// Source: HighwayWu/FOCAL, training transforms.
  private static let deepfakeDefenders = AugmentationRecipe(
    probability: 0.75,
    steps: [
      AugmentationStep(0.75, .place(shift: 0, scale: 0.5...1, degrees: 0)),
      AugmentationStep(0.5, .flip),
      AugmentationStep(0.75, .jpeg(quality: 50...95)),
      AugmentationStep(
        0.25,
        .oneOf([
          AugmentationStep(1, .gaussianBlur(sigmaPixels: 0.5...2)),
          AugmentationStep(1, .medianBlur(sidesPixels: [3, 5])),
          AugmentationStep(1, .downscale(factor: 0.25...0.5)),
          AugmentationStep(1, .noise(levels: 3...7)),
          AugmentationStep(1, .colour(brightness: 0.2, contrast: 0.2, saturation: 0, hueDegrees: 0)),
          AugmentationStep(1, .sharpen(amount: 0.5...1.5)),
        ])),
    ])

  /// The two views of supervised contrastive learning as SupCon-MPL draws them.
  ///
  /// Differences: brightness is added, where theirs multiplies; brightness, contrast, saturation and hue always come in
  /// this order.
  ///
  /// Source: drmoon-1st/SupCon-MPL, training transforms; those of SupContrast with a larger crop.
  private static let supCon = AugmentationRecipe(steps: [
    AugmentationStep(1, .crop(area: 0.5...1, proportion: 3.0 / 4...4.0 / 3)),
    AugmentationStep(0.5, .flip),
    AugmentationStep(0.8, .colour(brightness: 0.4, contrast: 0.4, saturation: 0.4, hueDegrees: 36)),
    AugmentationStep(0.2, .grey),
  ])

  /// The recipe of the winner of the Deepfake Detection Challenge.
  ///
  /// Differences: crops already have their final size, so the isotropic resizes are gone; brightness, contrast, hue and
  /// saturation are one linear change of colours, and stand for FancyPCA as well; cut-outs are left out.
  ///
  /// Source: selimsef/dfdc_deepfake_challenge, training transforms.
  private static let selimsef = AugmentationRecipe(steps: [
    AugmentationStep(0.5, .jpeg(quality: 60...100)),
    AugmentationStep(0.1, .noise(levels: 3...7)),
    AugmentationStep(0.05, .gaussianBlur(sigmaPixels: 0.8...0.8)),
    AugmentationStep(0.5, .flip),
    AugmentationStep(
      0.7,
      .oneOf([
        AugmentationStep(1, .colour(brightness: 0.2, contrast: 0.2, saturation: 0, hueDegrees: 0)),
        AugmentationStep(1, .colour(brightness: 0.08, contrast: 0, saturation: 0.2, hueDegrees: 40)),
      ])),
    AugmentationStep(0.2, .grey),
    AugmentationStep(0.5, .place(shift: 0.1, scale: 0.8...1.2, degrees: 10)),
  ])
}
