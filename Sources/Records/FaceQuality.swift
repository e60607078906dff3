/// Measures of one face; recorded always, filtered on only by request.
package struct FaceQuality: Codable, Hashable, Sendable {
  /// The shorter side of the face box, frame pixels.
  package var facePixels: Double
  /// Crop pixels per frame pixel; above 1 the face was enlarged.
  package var upscale: Double
  /// Variance of the 3x3 Laplacian of the crop's luma (BT.601, 0 ... 255).
  package var sharpness: Double
  /// Mean luma of the crop, 0 ... 255.
  package var brightness: Double
  /// Standard deviation of the crop's luma.
  package var contrast: Double
  /// Turn of the head to its left (positive) or right, degrees; `nil` without landmarks.
  package var yawDegrees: Double?
  /// Turn of the head up (positive) or down, degrees; `nil` without landmarks.
  package var pitchDegrees: Double?
  /// Tilt of the line of the eyes in the picture, clockwise positive, degrees; `nil` without landmarks.
  package var rollDegrees: Double?
  /// Share of the face box that lies beyond the frame, 0 ... 1.
  package var cutFraction: Double
  /// Mean step of luma across the 8 x 8 grid of the frame over the mean step inside it; 1 where there is no grid.
  package var blockiness: Double
  /// Share of the variance of the crop's luma that lies within blocks of 2 x 2 pixels, 0 ... 1: its finest detail.
  package var fineDetail: Double
  /// Pixels of the difference mask above 20; `nil` where the crop was not held against its original's.
  package var changedPixels: Int?

  package init(
    facePixels: Double, upscale: Double, sharpness: Double, brightness: Double, contrast: Double,
    yawDegrees: Double? = nil, pitchDegrees: Double? = nil, rollDegrees: Double? = nil, cutFraction: Double = 0,
    blockiness: Double = 1, fineDetail: Double = 0, changedPixels: Int? = nil
  ) {
    self.facePixels = facePixels
    self.upscale = upscale
    self.sharpness = sharpness
    self.brightness = brightness
    self.contrast = contrast
    self.yawDegrees = yawDegrees
    self.pitchDegrees = pitchDegrees
    self.rollDegrees = rollDegrees
    self.cutFraction = cutFraction
    self.blockiness = blockiness
    self.fineDetail = fineDetail
    self.changedPixels = changedPixels
  }
}
