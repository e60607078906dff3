internal import Faces
internal import Imaging
internal import Records

extension Face {
  /// A ready crop: the whole picture is the face.
  static func whole(_ picture: any Picture) -> Face {
    Face(box: Box(x: 0, y: 0, width: Double(picture.width), height: Double(picture.height)), score: 1)
  }
}

extension FaceCropper {
  /// Cuts what the recipe says; a ready crop has its margin already.
  init(_ recipe: CropRecipe, input: InputKind) {
    var recipe = recipe
    if input == .face { recipe.margin = 1 }
    self.init(recipe: recipe)
  }
}

/// Measures of crops that were changed after they were cut.
enum CropMeasures {
  static func quality(of image: Image, sample: Sample) throws -> FaceQuality {
    try measureQuality(crop: image, face: sample.face, transform: sample.transform)
  }
}

extension Sample {
  /// The face box, upright, in pixels of the crop.
  var faceBoxInCrop: Box {
    let near = transform.apply(Point(x: face.box.x, y: face.box.y))
    let far = transform.apply(Point(x: face.box.x + face.box.width, y: face.box.y + face.box.height))
    return Box(x: near.x, y: near.y, width: far.x - near.x, height: far.y - near.y)
  }
}
