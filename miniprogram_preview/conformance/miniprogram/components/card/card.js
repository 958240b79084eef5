const tagged = Behavior({ properties: { tag: { type: String, value: '标' } }, data: { fromBehavior: 1 }, methods: { hello() { return `你好${this.data.tag}` } } })

Component({
  behaviors: [tagged],
  options: { multipleSlots: true },
  externalClasses: ['ext-title'],
  properties: { list: Array, n: { type: Number, value: 0 } },
  data: { doubled: 0 },
  observers: { 'n, list.**': function (n) { this.setData({ doubled: n * 2 }) } },
  lifetimes: {
    created() { this.log = ['created'] },
    attached() { this.log.push('attached') },
    ready() { this.log.push('ready') },
    detached() { getApp().log.push('card detached') },
  },
  pageLifetimes: { show() { this.log.push('page show') }, hide() { this.log.push('page hide') } },
  methods: {
    pick(event) {
      const { at, kid } = event.currentTarget.dataset
      this.triggerEvent('pick', { at, kid }, { bubbles: true, composed: true })
    },
  },
})
