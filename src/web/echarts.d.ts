/** ECharts in one file, which comes without types of its own. */
declare module "echarts/dist/echarts.esm.min.mjs" {
  export * from "echarts";
}
