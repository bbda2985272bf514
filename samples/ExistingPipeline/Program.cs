// A click model that is there already, FastTree over attributes, with and without graph vectors as further features.
//   dotnet run -c Release --project samples/ExistingPipeline
ExistingPipeline.ClickModel.Run(new AutoGraph.Datasets.SampleWorldOptions());
