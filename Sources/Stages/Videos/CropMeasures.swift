internal import Imaging
internal import Records

extension Face {
  /// A ready crop: the whole picture is the face.
  static func whole(_ picture: any Picture) -> Face {
    Face(box: Box(x: 0, y: 0, width: Double(picture.width), height: Double(picture.height)), score: 1)
  }
}

/// Measures of crops that were changed after they were cut.
enum CropMeasures {
  /// Those of the picture are measured again; those of the face and its frame stay.
  static func quality(of image: Image, sample: Sample) throws -> FaceQuality {
    var quality = sample.quality
    let luma = image.lumaMeasures()
    (quality.brightness, quality.contrast) = (luma.mean, luma.deviation)
    (quality.sharpness, quality.fineDetail) = (luma.laplacianVariance, luma.fineDetail)
    return quality
  }
}

extension Sample {
  /// The upright rectangle around the face box in pixels of the crop.
  var faceBoxInCrop: Box {
    let box = face.box
    let corners = [(0, 0), (box.width, 0), (0, box.height), (box.width, box.height)].map {
      transform.apply(Point(x: box.x + $0, y: box.y + $1))
    }
    let columns = corners.map(\.x).sorted()
    let rows = corners.map(\.y).sorted()
    return Box(x: columns[0], y: rows[0], width: columns[3] - columns[0], height: rows[3] - rows[0])
  }
}
