import Augmentation
import Imaging
import Records
import Testing

@Suite("Augmentation recipes")
struct AugmentationTests {
  static let image = Faces.picture(side: 96)

  static let operations: [AugmentationOperation] = [
    .flip, .jpeg(quality: 40...60), .gaussianBlur(sigmaPixels: 1...2), .medianBlur(sidesPixels: [3, 5]),
    .noise(levels: 3...6), .colour(brightness: 0.2, contrast: 0.2, saturation: 0.2, hueDegrees: 20), .grey,
    .sharpen(amount: 0.5...1), .downscale(factor: 0.3...0.6), .place(shift: 0.1, scale: 0.8...1.2, degrees: 10),
    .oneOf([AugmentationStep(1, .flip), AugmentationStep(3, .grey)]),
  ]

  @Test("Every operation changes pixels, keeps the size, tells what it did, and repeats itself", arguments: operations)
  func operation(_ operation: AugmentationOperation) throws {
    let recipe = AugmentationRecipe(steps: [AugmentationStep(1, operation)])
    var (first, second) = (Self.random("a"), Self.random("a"))
    let augmented = try recipe.apply(to: Self.image, random: &first)
    #expect(augmented.image != Self.image)
    #expect((augmented.image.width, augmented.image.height) == (96, 96))
    #expect(augmented.applied.count == 1)
    #expect(try recipe.apply(to: Self.image, random: &second) == augmented)
  }

  @Test("Noise has the deviation asked for; downscaling and blur take sharpness away, sharpening adds it")
  func strength() throws {
    func apply(_ operation: AugmentationOperation, to image: Image) throws -> Image {
      var random = Self.random("strength")
      return try AugmentationRecipe(steps: [AugmentationStep(1, operation)]).apply(to: image, random: &random).image
    }
    let grey = Image(width: 96, height: 96, red: 128, green: 128, blue: 128)
    let noisy = try apply(.noise(levels: 5...5), to: grey)
    let squares = noisy.pixels.reduce(0.0) { $0 + (Double($1) - 128) * (Double($1) - 128) }
    #expect(abs((squares / Double(noisy.pixels.count)).squareRoot() - 5) < 0.2)
    let sharpness = Self.image.lumaMeasures().laplacianVariance
    #expect(try apply(.downscale(factor: 0.3...0.3), to: Self.image).lumaMeasures().laplacianVariance < sharpness)
    #expect(try apply(.gaussianBlur(sigmaPixels: 1...1), to: Self.image).lumaMeasures().laplacianVariance < sharpness)
    #expect(try apply(.sharpen(amount: 1...1), to: Self.image).lumaMeasures().laplacianVariance > sharpness)
  }

  @Test("Probabilities are kept: 0 never, 0.3 in three of ten, weights of a choice as their ratio")
  func probabilities() throws {
    let recipe = AugmentationRecipe(
      probability: 0.8,
      steps: [
        AugmentationStep(0, .grey), AugmentationStep(0.5, .flip),
        AugmentationStep(
          0.5, .oneOf([AugmentationStep(1, .noise(levels: 1...1)), AugmentationStep(3, .jpeg(quality: 9...9))])),
      ])
    let small = Image(width: 8, height: 8)
    var counts: [String: Int] = [:]
    for index in 0..<2000 {
      var random = Self.random(String(index))
      for name in try recipe.apply(to: small, random: &random).applied { counts[name, default: 0] += 1 }
    }
    #expect(counts["grey"] == nil)
    #expect(abs((counts["flip"] ?? 0) - 800) < 100)
    #expect(abs((counts["noise levels=1.0"] ?? 0) - 200) < 60)
    #expect(abs((counts["jpeg quality=9"] ?? 0) - 600) < 90)
  }

  @Test("Every preset runs, differs from key to key, and survives its JSON", arguments: AugmentationPresets.names)
  func presets(name: String) throws {
    let recipe = try #require(AugmentationPresets.named(name))
    let results = try (0..<12).map { index in
      var random = Self.random("\(index)")
      return try recipe.apply(to: Self.image, random: &random)
    }
    #expect(Set(results).count == 1 ? name == "none" : name != "none")
    #expect(results.allSatisfy { $0.applied.isEmpty ? $0.image == Self.image : true })
    let json = try CanonicalJSON.data(recipe)
    #expect(try CanonicalJSON.decode(AugmentationRecipe.self, from: json) == recipe)
  }

  @Test("An unknown preset is nil; names are unique")
  func names() {
    #expect(AugmentationPresets.named("strong") == nil)
    #expect(Set(AugmentationPresets.names).count == AugmentationPresets.names.count)
    #expect(AugmentationPresets.names.starts(with: ["none", "light", "deepfakedefenders"]))
  }

  static func random(_ key: String) -> KeyedRandom { KeyedRandom(seed: 7, key: key, stage: "augment") }
}
