package import Imaging
package import Records

/// Finds faces in pictures.
package protocol FaceDetector: Sendable {
  /// Finds the faces of one picture.
  ///
  /// - Returns: faces in pixels of `picture`, by falling score, then from top to bottom, then from left to right. Boxes
  ///   may reach beyond the picture.
  func detect(_ picture: any Picture) throws -> [Face]
}

/// What a detector looks for, and at what size.
package struct DetectorOptions: Hashable, Sendable {
  /// Least score of a face, in [0, 1].
  package var scoreThreshold: Double
  /// The size at which the picture is looked at; BlazeFace has a size of its own.
  package var scale: DetectionScale
  /// Least length, pixels of the picture given, of the shorter side of a face box.
  package var minimumFacePixels: Double

  package init(
    scoreThreshold: Double = 0.6, scale: DetectionScale = .side(640), minimumFacePixels: Double = 0
  ) {
    self.scoreThreshold = scoreThreshold
    self.scale = scale
    self.minimumFacePixels = minimumFacePixels
  }

  /// Least side, pixels of the reduced picture, of what need be looked for.
  func leastSide(in reduced: ReducedImage) -> Double { minimumFacePixels / max(reduced.scaleX, reduced.scaleY) }

  /// The faces of a reduced picture that are wanted, in pixels of the picture itself and in the order that is promised.
  func finish(_ faces: [Face], of reduced: ReducedImage) -> [Face] {
    faces.map(reduced.enlarge)
      .filter { $0.score >= scoreThreshold && min($0.box.width, $0.box.height) >= minimumFacePixels }
      .sorted { $0.precedes($1) }
  }
}

extension Face {
  /// A total order of faces: falling score, then top to bottom, then left to right, then the larger.
  func precedes(_ other: Face) -> Bool {
    (-score, box.y, box.x, -box.width, -box.height)
      < (-other.score, other.box.y, other.box.x, -other.box.width, -other.box.height)
  }
}
